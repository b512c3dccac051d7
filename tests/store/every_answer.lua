-- Notes every distinct answer: how often it came, and when first and last. All requests are the same, so that any
-- connection's answer may be any request's.
--
-- Arguments: path, body.

local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]])
local now = ffi.new("moment")

-- CLOCK_MONOTONIC, as Python's time.monotonic.
local function seconds()
  ffi.C.clock_gettime(ffi.os == "OSX" and 6 or 1, now)
  return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local headers = { ["Content-Type"] = "application/json", ["x-api-key"] = os.getenv("STORE_KEY") }
  headers["Host"] = wrk.headers["Host"]
  sent = wrk.format("POST", arguments[1], headers, arguments[2])
  numbers, distinct = {}, 0
end

function request()
  return sent
end

-- wrk hands numbers and strings from thread to thread, but falls over tables within tables.
function response(status, _, body)
  local answer = status .. " " .. body
  local moment = seconds()
  local number = numbers[answer]
  if not number then
    distinct = distinct + 1
    number = distinct
    numbers[answer] = number
    _G["text" .. number], _G["first" .. number], _G["count" .. number] = answer, moment, 0
  end
  _G["count" .. number], _G["last" .. number] = _G["count" .. number] + 1, moment
end

function done(summary, _, _)
  for _, thread in ipairs(threads) do
    for number = 1, thread:get("distinct") do
      local count, text = thread:get("count" .. number), thread:get("text" .. number)
      local first, last = thread:get("first" .. number), thread:get("last" .. number)
      io.write(string.format("seen\t%d\t%.6f\t%.6f\t%s\n", count, first, last, (text:gsub("\n", " "))))
    end
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("failed\t%d\n", failed))
end
