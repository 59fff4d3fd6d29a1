#!lua
-- Makes a room's reservation a PIN in use.
-- KEYS[1] PIN
-- KEYS[2] live set of its length
-- ARGV[1] PIN
-- ARGV[2] room id
-- ARGV[3] in use until, ms
-- Returns 1, or 0 when it is not this room's.
local key, live = KEYS[1], KEYS[2]
local pin, room_id, until_ms = ARGV[1], ARGV[2], ARGV[3]

local value = redis.call('GET', key)
if value ~= '?' .. room_id and value ~= '=' .. room_id then return 0 end
redis.call('SET', key, '=' .. room_id, 'PXAT', until_ms)
redis.call('ZADD', live, until_ms, pin)
return 1
