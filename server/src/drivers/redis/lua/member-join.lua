#!lua
-- Lets a user into a room, or a member back in: checks, place, nickname, seat, log, announcement.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] members hash
-- KEYS[6] roster (user by order of joining)
-- KEYS[7] nicks hash (folded nickname -> its looks)
-- KEYS[8] online hash (user -> its seats)
-- KEYS[9] bans
-- KEYS[10] away (due times) of the tag
-- KEYS[11] lives with seats in the tag
-- KEYS[12] seats of the life in the tag
-- KEYS[13] rooms of the tag whose hosts are away
-- KEYS[14] networks hash (user -> the one from which the user came last)
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] life
-- ARGV[5] socket id
-- ARGV[6] nickname as JSON
-- ARGV[7] folded nickname
-- ARGV[8] wanted role: p or s
-- ARGV[9] 1: the member is, or becomes, a host
-- ARGV[10] 1: the passcode was right, or none is wanted
-- ARGV[11] most spectators of any room
-- ARGV[12] 1: had a seat when the data was lost, the door is not asked again
-- ARGV[13] what the nickname may be taken for, U+001F between the looks
-- ARGV[14] the network that the user comes from
-- ARGV[15] 1: was muted when the data was lost
-- Returns {'joined', 1 when new, rev, value of the members hash}, {'absent'} or {code}.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks, bans, away = KEYS[5], KEYS[7], KEYS[9], KEYS[10]
local lives, life_seats, networks = KEYS[11], KEYS[12], KEYS[14]
local user_id, life, socket_id = ARGV[3], ARGV[4], ARGV[5]
local nickname, folded, wanted, as_host = ARGV[6], ARGV[7], ARGV[8], ARGV[9] == '1'
local passcode_ok, most_spectators, looks = ARGV[10] == '1', tonumber(ARGV[11]), ARGV[13]
local is_returning, network, was_muted = ARGV[12] == '1', ARGV[14], ARGV[15]
room.hosts_away = KEYS[13]
room.roster, room.online, room.topic, room.id = KEYS[6], KEYS[8], ARGV[1], ARGV[2]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua
--@include join-checks.lua

local row = load_room(room, 'hosts', 'locked', 'capacity', 'players', 'spectators')
if not row then return { 'absent' } end
local hosts = row[6]
if room.isClosed then return { 'room_closed' } end
if redis.call('SISMEMBER', bans, user_id) == 1 then return { 'banned' } end
local kept = redis.call('HGET', members, user_id)
local member = kept and parse_member(kept)
local is_new = not member or member.role ~= string.lower(member.role)
local was_host = is_listed(hosts, user_id)
local role = (as_host or was_host) and 'h' or (is_new and wanted or member.role)
if is_new then
  local is_asked = role ~= 'h' and not is_returning
  if is_asked and redis.call('SISMEMBER', bans, '@' .. network) == 1 then return { 'banned' } end
  local limits = {
    locked = row[7] == '1', capacity = tonumber(row[8]), players = tonumber(row[9]),
    spectators = tonumber(row[10]),
    spectator_capacity = math.min(tonumber(row[8]), most_spectators),
    is_returning = is_returning, hosts = hosts, members = members,
  }
  local refusal = refuse_join(limits, nicks, role, folded, looks, passcode_ok)
  if refusal then return { refusal } end
end

local becomes_host = role == 'h' and not was_host
if becomes_host then
  redis.call('HSET', room.hash, 'hosts', with_host(hosts, user_id))
  raise_rev(room)
end
local seats = redis.call('HGET', room.online, user_id) or ''
local changes = not is_new and (seats == '' or member.role ~= role)
add_seat(room, seats, user_id, life, socket_id, lives, life_seats)
redis.call('ZREM', away, room.id .. ':' .. user_id)
redis.call('HSET', networks, user_id, network)
room.activeAt = room.at
if is_new then
  local muted = role ~= 'h' and (was_muted == '1' and '1' or member and member.muted) or '0'
  member = add_member(room, members, nicks, user_id, role, muted, nickname, folded, looks)
  log_entry(room, 'joined', '{"userId":"' .. user_id .. '","nickname":' .. nickname ..
    ',"role":"' .. ROLE_NAMES[role] .. '"}')
  announce_presence(room, '{"joined":' .. member_json(user_id, member, true) .. '}')
else
  redis.call('HSET', room.hash, 'activeAt', room.activeAt)
  change_role(room, members, user_id, member, role)
  if changes then
    announce_presence(room, '{"changed":' .. member_json(user_id, member, true) .. '}')
  end
end
if becomes_host then publish(room, 'u ' .. room.rev) end
return { 'joined', is_new and 1 or 0, room.rev, format_member(member) }
