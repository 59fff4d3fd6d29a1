#!lua
-- Gives a member another nickname: checks, nickname, log (`renamed`), announcement.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] members hash
-- KEYS[6] roster
-- KEYS[7] nicks hash
-- KEYS[8] online hash
-- KEYS[9] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] nickname as JSON
-- ARGV[5] folded nickname
-- ARGV[6] what the nickname may be taken for, U+001F between the looks
-- Returns {'renamed', value of the members hash, 1 when online}, {'absent'} or {code}.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks = KEYS[5], KEYS[7]
local user_id, nickname, folded, looks = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
room.roster, room.online, room.hosts_away = KEYS[6], KEYS[8], KEYS[9]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include log-entry.lua
--@include presence.lua
--@include nicknames.lua

local row = load_room(room, 'hosts')
if not row then return { 'absent' } end
if room.isClosed then return { 'room_closed' } end
if not redis.call('ZSCORE', room.roster, user_id) then return { 'not_in_room' } end
local member = parse_member(redis.call('HGET', members, user_id))
local is_online = redis.call('HEXISTS', room.online, user_id) == 1
-- A nickname is read by everybody, too.
if member.muted == '1' then return { 'muted' } end
if nickname ~= member.nickname then
  if folded ~= member.folded and redis.call('HEXISTS', nicks, folded) == 1 then
    return { 'nickname_taken' }
  end
  if member.role ~= 'h' and looks_like_host(row[6], members, nicks, looks) then
    return { 'nickname_taken' }
  end
  local before = member.nickname
  redis.call('HDEL', nicks, member.folded)
  redis.call('HSET', nicks, folded, looks)
  member.nickname, member.folded = nickname, folded
  redis.call('HSET', members, user_id, format_member(member))
  room.activeAt = room.at
  log_entry(room, 'renamed', '{"userId":"' .. user_id .. '","nickname":' .. nickname ..
    ',"before":' .. before .. ',"role":"' .. ROLE_NAMES[member.role] .. '"}')
  announce_presence(room, '{"changed":' .. member_json(user_id, member, is_online) .. '}')
end
return { 'renamed', format_member(member), is_online and 1 or 0 }
