#!lua flags=allow-oom
-- Looks whether a room's time has come: closes it, or sets the next look.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] expiry of the tag
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- Returns 'expired', 'later', 'closing' or 'absent'.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local expiry = KEYS[5]
room.topic, room.id = ARGV[1], ARGV[2]
--@include close-room.lua

local row = load_room(room, 'ttlMs', 'maxUntil', 'activeAt')
if not row then
  redis.call('ZREM', expiry, room.id)
  return 'absent'
end
if room.isClosed then
  -- Behind the others that are due, so that one that cannot be finished holds nobody up; one that
  -- was retired stays away.
  redis.call('ZADD', expiry, 'XX', room.at, room.id)
  return 'closing'
end
local ends_at = math.min(tonumber(row[7]), row[8] + row[6])
if room.now < ends_at then
  redis.call('ZADD', expiry, ends_at, room.id)
  return 'later'
end
close_room(room, expiry, 'expired', 'null')
return 'expired'
