#!lua flags=allow-oom
-- Appends entries to the log of the system, each once for its key; above the bound the oldest go.
-- It may write when the memory is full: it is bounded, and that is when it is needed.
-- KEYS[1] log (stream)
-- KEYS[2] keys of entries, by when they are forgotten
-- KEYS[3] archived position, and how many entries were lost
-- ARGV[1] how many entries the log holds at most
-- ARGV[2] for how long a key is remembered, in ms
-- ARGV[3] how many keys are remembered at most
-- ARGV[4..] for each entry: key, node, time, type, level, payload
-- Returns how many were added.
local log, said, archived = KEYS[1], KEYS[2], KEYS[3]
local most, memory_ms, most_keys = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
--@include time.lua
--@include entry-id.lua

local now = now_ms()
redis.call('ZREMRANGEBYSCORE', said, '-inf', text(now))
local added = 0
for i = 4, #ARGV, 6 do
  if redis.call('ZADD', said, 'NX', text(now + memory_ms), ARGV[i]) == 1 then
    redis.call('XADD', log, '*', 'k', ARGV[i], 'n', ARGV[i + 1], 'a', ARGV[i + 2], 't', ARGV[i + 3],
      'l', ARGV[i + 4], 'p', ARGV[i + 5])
    added = added + 1
  end
end
redis.call('ZREMRANGEBYRANK', said, 0, -most_keys - 1)
redis.call('PEXPIRE', said, text(memory_ms))

local surplus = redis.call('XLEN', log) - most
if surplus <= 0 then return added end
local position = redis.call('HGET', archived, 'position')
local lost = 0
for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', surplus)) do
  if not position or is_above(entry[1], position) then lost = lost + 1 end
end
redis.call('XTRIM', log, 'MAXLEN', '=', most)
if lost > 0 then redis.call('HINCRBY', archived, 'lost', lost) end
return added
