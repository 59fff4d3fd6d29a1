#!lua flags=allow-oom
-- Compare and swap: a room's PIN rests, or is free at once.
-- KEYS[1] PIN
-- KEYS[2] live set of its length
-- ARGV[1] PIN
-- ARGV[2] room id
-- ARGV[3] ms of rest, 0 for none
-- Returns 1, or 0 when it is not this room's.
local key, live = KEYS[1], KEYS[2]
local pin, room_id, rest_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
--@include time.lua

local value = redis.call('GET', key)
if value ~= '?' .. room_id and value ~= '=' .. room_id then return 0 end
if rest_ms <= 0 then
  redis.call('DEL', key)
  redis.call('ZREM', live, pin)
else
  redis.call('SET', key, '-' .. room_id, 'PX', text(rest_ms))
  redis.call('ZADD', live, text(now_ms() + rest_ms), pin)
end
return 1
