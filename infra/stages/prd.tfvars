stage = "prd"

plans = {
  standard = { rate = 1200, burst = 2400, quota = { limit = 5000000, period = "DAY" } }
  smoke    = { rate = 5, burst = 10 }
}

clients = {
  team  = "standard"
  smoke = "smoke"
}

gateway = {
  throttle = { rate = 2000, burst = 4000 }
}

logs = { retention_days = 90 }
