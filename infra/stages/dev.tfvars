stage = "dev"

plans = {
  standard = { rate = 20, burst = 40, quota = { limit = 50000, period = "DAY" } }
  smoke    = { rate = 5, burst = 10 }
}

clients = {
  team  = "standard"
  smoke = "smoke"
}

gateway = {
  throttle = { rate = 50, burst = 100 }
}

logs = { retention_days = 14 }
