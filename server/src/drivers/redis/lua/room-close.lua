#!lua flags=allow-oom
-- Closes a room once: from here on nothing is appended.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] expiry of the tag
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] reason: closed or expired
-- ARGV[4] who did it, as JSON
-- Returns 'closed', 'already' or 'absent'.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local expiry, reason, by = KEYS[5], ARGV[3], ARGV[4]
room.topic, room.id = ARGV[1], ARGV[2]
--@include close-room.lua

if not load_room(room) then return 'absent' end
if room.isClosed then return 'already' end
close_room(room, expiry, reason, by)
return 'closed'
