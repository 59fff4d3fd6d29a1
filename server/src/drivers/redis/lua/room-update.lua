#!lua
-- Changes fields of an open room, raises its revision, writes the log and announces it.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] payload of the log entry, JSON
-- ARGV[4] the revision that the room must have; empty: any
-- ARGV[5] how many fields to answer
-- ARGV[6..] these fields, then field/value pairs to set
-- Returns 'absent', 'closed', 'stale' or the values of the fields.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local log_payload, if_rev, last_field = ARGV[3], ARGV[4], 5 + ARGV[5]
local hosts_away = KEYS[5]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include log-entry.lua

local row = load_room(room, 'hostAwaySince')
if not row then return 'absent' end
if room.isClosed then return 'closed' end
if if_rev ~= '' and if_rev ~= room.rev then return 'stale' end
if #ARGV > last_field then
  redis.call('HSET', room.hash, unpack(ARGV, last_field + 1, #ARGV))
  -- What becomes of the room, and when, may have changed.
  if row[6] ~= '' then redis.call('ZADD', hosts_away, room.at, room.id) end
end
raise_rev(room)
room.activeAt = room.at
log_entry(room, 'updated', log_payload)
publish(room, 'u ' .. room.rev)
return redis.call('HMGET', room.hash, unpack(ARGV, 6, last_field))
