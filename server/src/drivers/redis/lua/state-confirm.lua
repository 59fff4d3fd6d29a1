#!lua flags=allow-oom
-- Notes that the archive has a version of a room's state: the mark goes, unless there is a newer one.
-- KEYS[1] room hash
-- KEYS[2] unsaved states of the tag
-- ARGV[1] room id
-- ARGV[2] the archived version; empty: the room was absent
-- Returns 1 when the mark is gone, else 0.
local hash, unsaved = KEYS[1], KEYS[2]
local room_id, archived = ARGV[1], ARGV[2]
--@include time.lua

if (redis.call('HGET', hash, 'stateVersion') or '') == archived then
  redis.call('ZREM', unsaved, room_id)
  return 1
end
-- Behind the others that wait.
redis.call('ZADD', unsaved, 'XX', text(now_ms()), room_id)
return 0
