#!lua flags=allow-oom
-- Notes up to where the log of the system is archived, and trims it, never past that position.
-- KEYS[1] log (stream)
-- KEYS[2] archived position, and how many entries were lost
-- ARGV[1] newest archived id; empty: nothing new
-- ARGV[2] how many entries to keep
-- Returns how many entries were lost since this was asked last.
local log, archived = KEYS[1], KEYS[2]
local last_id, keep = ARGV[1], tonumber(ARGV[2])
local MOST_TRIMMED = 1000
--@include entry-id.lua

local position = redis.call('HGET', archived, 'position') or nil
if last_id ~= '' and (not position or is_above(last_id, position)) then
  position = last_id
  redis.call('HSET', archived, 'position', position)
end
local surplus = math.min(redis.call('XLEN', log) - keep, MOST_TRIMMED)
if position and surplus > 0 then
  local old = redis.call('XRANGE', log, '-', position, 'COUNT', surplus)
  redis.call('XTRIM', log, 'MAXLEN', '=', redis.call('XLEN', log) - #old)
end
local lost = tonumber(redis.call('HGET', archived, 'lost') or '0')
if lost > 0 then redis.call('HDEL', archived, 'lost') end
return lost
