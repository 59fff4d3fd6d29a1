#!lua
-- Takes from a member the right to send, or gives it back: flag, log (`muted`, `unmuted`),
-- announcement. Hosts can't be muted.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] members hash
-- KEYS[6] roster
-- KEYS[7] online hash
-- KEYS[8] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] 1: muted
-- ARGV[5] the host who does it
-- Returns 'done', 'absent' or a code.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, user_id, muted, by = KEYS[5], ARGV[3], ARGV[4], ARGV[5]
room.roster, room.online, room.hosts_away = KEYS[6], KEYS[7], KEYS[8]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua

local row = load_room(room, 'hosts')
if not row then return 'absent' end
if room.isClosed then return 'room_closed' end
if not is_listed(row[6], by) then return 'forbidden' end
if not redis.call('ZSCORE', room.roster, user_id) then return 'not_found' end
local member = parse_member(redis.call('HGET', members, user_id))
if member.role == 'h' then return 'conflict' end
if member.muted == muted then return 'done' end
member.muted = muted
redis.call('HSET', members, user_id, format_member(member))
room.activeAt = room.at
log_entry(room, muted == '1' and 'muted' or 'unmuted', '{"userId":"' .. user_id ..
  '","nickname":' .. member.nickname .. ',"by":"' .. by .. '"}')
announce_presence(room, '{"changed":' ..
  member_json(user_id, member, redis.call('HEXISTS', room.online, user_id) == 1) .. '}')
return 'done'
