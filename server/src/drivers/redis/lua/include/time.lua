-- The time of Redis in milliseconds since 1970.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number as text for messages and JSON: Lua's own form of a long one is `1.8e+12`. Redis
-- commands take numbers as they are.
local function text(number)
  return string.format('%.0f', number)
end
