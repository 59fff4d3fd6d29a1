#!lua flags=allow-oom
-- Counts a room's entries that wait for the archive, and sets the room's own count right.
-- KEYS[1] room hash
-- KEYS[2] archived positions
-- KEYS[3] unarchived channels of the tag
-- ARGV[1] room id
-- ARGV[2] how the names of the room's streams begin
-- Returns the count.
local hash, archived, unarchived = KEYS[1], KEYS[2], KEYS[3]
local room_id, stream_prefix = ARGV[1], ARGV[2]
--@include time.lua
--@include pending.lua

local count = 0
for _, field in ipairs(redis.call('HKEYS', hash)) do
  local channel = string.match(field, '^ch:(.+)$')
  if channel and redis.call('ZSCORE', unarchived, room_id .. ':' .. channel) then
    local position = redis.call('HGET', archived, channel) or nil
    count = count + count_pending(stream_prefix .. channel, position)
  end
end
if redis.call('EXISTS', hash) == 1 then redis.call('HSET', hash, 'backlog', text(count)) end
return count
