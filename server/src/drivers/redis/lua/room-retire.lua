#!lua flags=allow-oom
-- The last step of closing: no life holds a seat in the room any more, and every key of it gets its
-- time to run out.
-- KEYS[1] room hash
-- KEYS[2] expiry of the tag
-- KEYS[3] lives with seats in the tag
-- KEYS[4] online hash
-- KEYS[5..] the room's other keys but its streams
-- ARGV[1] room id
-- ARGV[2] ms
-- ARGV[3] how the names of the room's streams begin
-- ARGV[4] how the names of the keys with the seats of a life begin
-- Returns 1, or 0 when the room is absent or open.
local hash, expiry, lives, online = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room_id, ttl_ms, stream_prefix, life_prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
--@include forget-seat.lua

local closed_at = redis.call('HGET', hash, 'closedAt')
if not closed_at then redis.call('ZREM', expiry, room_id) end
if not closed_at or closed_at == '' then return 0 end
redis.call('ZREM', expiry, room_id)
local row = redis.call('HGETALL', online)
for i = 1, #row, 2 do forget_seats(lives, life_prefix, room_id, row[i], row[i + 1]) end
for _, field in ipairs(redis.call('HKEYS', hash)) do
  local channel = string.match(field, '^ch:(.+)$')
  if channel then redis.call('PEXPIRE', stream_prefix .. channel, ttl_ms) end
end
for _, key in ipairs(KEYS) do
  if key ~= expiry and key ~= lives then redis.call('PEXPIRE', key, ttl_ms) end
end
return 1
