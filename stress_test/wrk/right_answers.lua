-- Counts right answers. wrk runs this file once a thread, each in a state of its own.
--
-- A single-row answer does not say which request it belongs to, and wrk does not say which connection it came on. So
-- each thread has ONE connection: it sends a request only once the one before is answered, and what comes is the answer
-- to what was sent last. A connection that breaks takes its request with it: wrk asks `request` anew on the next one.
--
-- Arguments: folder of the exchanges, path of the API, right answers that all threads want together (0: as many as
-- there is time for), number of threads, seconds after which answers come too late to count (0: never). They are those
-- since the first thread was made, before anything was sent: threads begin one after the other. Last, what stands before
-- an answer's numbers; a known answer that begins with it says nothing of what stands before that.

local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]])
local now = ffi.new("moment")
local MONOTONIC = ffi.os == "OSX" and 6 or 1

local function seconds()
  ffi.C.clock_gettime(MONOTONIC, now)
  return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

-- A run that gets so many wrong answers has failed, and need not be waited for.
local ENOUGH_WRONG = 20

local threads = {}
local begun = seconds()

function setup(thread)
  thread:set("begin", begun)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function line_pairs(path)
  local requests, answers = {}, {}
  local file = assert(io.open(path, "r"))
  for line in file:lines() do
    local body, answer = line:match("^([^\t]*)\t(.*)$")
    requests[#requests + 1] = body
    answers[#answers + 1] = answer
  end
  file:close()
  return requests, answers
end

function init(arguments)
  local folder, path = arguments[1], arguments[2]
  local all, sharers = tonumber(arguments[3]), tonumber(arguments[4])
  local headers = {
    ["Content-Type"] = "application/json",
    ["Host"] = wrk.headers["Host"],
    ["x-api-key"] = os.getenv("STRESS_KEY"),
  }
  limit, mark = tonumber(arguments[5]), arguments[6]
  wanted = math.floor(all / sharers) + (number < all % sharers and 1 or 0)
  right, wrong, failed, started, ended, first = 0, 0, 0, 0, 0, ""
  requests, answers = line_pairs(folder .. "/" .. number .. ".tsv")
  for index, body in ipairs(requests) do
    requests[index] = wrk.format("POST", path, headers, body)
  end
  count, current = #requests, 0
end

function request()
  if started == 0 then
    started = seconds()
  end
  current = current % count + 1
  return requests[current]
end

local function halves(text)
  local from, to = text:find(mark, 1, true)
  if from then
    return text:sub(1, to), text:sub(to + 1)
  end
end

-- White space, and digits of a prediction beyond the 12th, do not make an answer wrong; all else does.
local function same(got, expected)
  local head, tail = halves((got:gsub("%s", "")))
  local known_head, known_tail = halves(expected)
  if head == nil or (head ~= known_head and known_head ~= mark) then
    return false
  end
  if tail:gsub("[%d%.eE%+%-]", "") ~= known_tail:gsub("[%d%.eE%+%-]", "") then
    return false
  end
  local known = known_tail:gmatch("[%d%.eE%+%-]*%d")
  for text in tail:gmatch("[%d%.eE%+%-]*%d") do
    local one, other = tonumber(text), tonumber(known() or "")
    if one == nil or other == nil or math.abs(one - other) > 1e-12 then
      return false
    end
  end
  return known() == nil
end

local function note_wrong(status, body)
  wrong = wrong + 1
  if first == "" then
    local sent = requests[current]:match("\r\n\r\n(.*)$")
    first = string.format("%s got %d %s instead of %s", sent, status, body:sub(1, 400), answers[current])
  end
end

function response(status, _, body)
  local moment = seconds()
  if limit > 0 and moment - begin > limit then
    return
  end
  ended = moment
  if status == 200 and (body == answers[current] or same(body, answers[current])) then
    right = right + 1
  elseif status == 429 or status >= 500 then
    failed = failed + 1
  else
    note_wrong(status, body)
  end
  if (wanted > 0 and right == wanted) or wrong == ENOUGH_WRONG then
    -- Whoever started wrk counts these lines: wrk itself sleeps until its time is over.
    io.write("thread done\n")
    io.flush()
    wrk.thread:stop()
  end
end

function done(summary, latency, _)
  local total = { right = 0, wrong = 0, failed = 0 }
  local from, to, example = math.huge, 0, ""
  for _, thread in ipairs(threads) do
    for name in pairs(total) do
      total[name] = total[name] + thread:get(name)
    end
    if thread:get("started") > 0 then
      from, to = math.min(from, thread:get("started")), math.max(to, thread:get("ended"))
    end
    example = example ~= "" and example or thread:get("first")
  end
  local errors = summary.errors
  total.failed = total.failed + errors.connect + errors.read + errors.write + errors.timeout
  local shares = { 50, 90, 99, 99.9 }
  for index, share in ipairs(shares) do
    shares[index] = string.format("%.3f", latency:percentile(share) / 1000)
  end
  local counts = string.format("%d\t%d\t%d\t%.6f", total.right, total.wrong, total.failed, math.max(to - from, 0))
  io.write("result\t", counts, "\t", table.concat(shares, "\t"), "\n")
  io.write("example\t", (example:gsub("[\n\t]", " ")), "\n")
end
