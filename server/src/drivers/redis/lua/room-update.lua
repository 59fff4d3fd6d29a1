#!lua
-- Changes fields of an open room, raises its revision, writes the log and announces it.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] type of the log entry
-- ARGV[4] payload of the log entry, JSON
-- ARGV[5] the revision that the room must have; empty: any
-- ARGV[6] the PIN that the room must have; empty: any
-- ARGV[7..] field/value pairs to set
-- Returns 'absent', 'closed', 'stale' or what `room_fields` does.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local log_type, log_payload, if_rev, if_pin = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local hosts_away = KEYS[5]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include log-entry.lua
--@include room-fields.lua

local row = load_room(room, 'hostAwaySince', 'pin')
if not row then return 'absent' end
if room.isClosed then return 'closed' end
if if_rev ~= '' and if_rev ~= room.rev then return 'stale' end
if if_pin ~= '' and if_pin ~= row[7] then return 'stale' end
if #ARGV > 6 then
  redis.call('HSET', room.hash, unpack(ARGV, 7, #ARGV))
  -- What becomes of the room, and when, may have changed.
  if row[6] ~= '' then redis.call('ZADD', hosts_away, room.at, room.id) end
end
raise_rev(room)
room.activeAt = room.at
log_entry(room, log_type, log_payload)
publish(room, 'u ' .. room.rev)
return room_fields(room.hash)
