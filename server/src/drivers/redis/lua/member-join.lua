#!lua
-- Lets a user into a room, or a member back in: checks, place, nickname, seat, log, announcement. Or
-- lets them wait at the door.
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
-- KEYS[13] waiting hash
-- KEYS[14] admitted users
-- KEYS[15] rooms of the tag whose hosts are away
-- KEYS[16] networks hash (user -> the one from which the user came last)
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] life
-- ARGV[5] socket id
-- ARGV[6] nickname as JSON
-- ARGV[7] folded nickname
-- ARGV[8] wanted role: p or s
-- ARGV[9] 1: the member is, or becomes, a host
-- ARGV[10] hash of the passcode that was proven; empty: none was
-- ARGV[11] most spectators of any room
-- ARGV[12] 1: had a seat when the data was lost, the door is not asked again
-- ARGV[13] what the nickname may be taken for, U+001F between the looks
-- ARGV[14] shard channel of the door
-- ARGV[15] how the names of the keys with the seats of a life begin
-- ARGV[16] how many may wait
-- ARGV[17] the network that the user comes from
-- ARGV[18] 1: was muted when the data was lost
-- ARGV[19] the PIN by which the room was found; empty: by its id
-- ARGV[20] 1: is at the door, and may be put on the list of those who wait
-- Returns {'joined', 1 when new, rev, value of the members hash}, {'absent'} or {code}.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks, bans, away, waiting = KEYS[5], KEYS[7], KEYS[9], KEYS[10], KEYS[13]
local networks, user_id, pin, is_at_door = KEYS[16], ARGV[3], ARGV[19], ARGV[20] == '1'
local seat = { life = ARGV[4], socket_id = ARGV[5], lives = KEYS[11], life_seats = KEYS[12] }
local wanted, as_host, life_prefix, network, was_muted = ARGV[8], ARGV[9] == '1', ARGV[15], ARGV[17], ARGV[18]
local door = { members = members, nicks = nicks, bans = bans, admitted = KEYS[14] }
door.most_spectators, door.most_waiting = tonumber(ARGV[11]), tonumber(ARGV[16])
room.hosts_away, room.door = KEYS[15], ARGV[14]
room.roster, room.online, room.topic, room.id = KEYS[6], KEYS[8], ARGV[1], ARGV[2]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua
--@include join-checks.lua
--@include waiting.lua

local row = load_room(room, 'hosts', 'locked', 'capacity', 'players', 'spectators', 'passcode', 'approval', 'pin')
if not row then return { 'absent' } end
if pin ~= '' and (room.isClosed or row[13] ~= pin) then return { 'room_not_found' } end
local hosts, kept = row[6], redis.call('HGET', members, user_id)
if room.isClosed then return { 'room_closed' } end
if redis.call('SISMEMBER', bans, user_id) == 1 then return { 'banned' } end
local member = kept and parse_member(kept)
local is_new = not member or member.role ~= string.lower(member.role)
local was_host, is_returning = is_listed(hosts, user_id), ARGV[12] == '1'
local role = role_for(not is_new and member or nil, was_host, as_host, is_returning, wanted)
if role == 'h' and not (was_host or is_returning) and has_many_hosts(hosts) then return { 'room_full' } end
local who = {
  id = user_id, role = role, nickname = ARGV[6], folded = ARGV[7], looks = ARGV[13],
  network = network, proven = ARGV[10], is_returning = is_returning,
}
if is_new then
  stay_muted(member, nicks, who, was_muted == '1')
  local refusal = ask_door(row, door, who)
  if refusal == 'waiting_for_host' and is_at_door then
    refusal = wait_at_door(room, waiting, networks, door.most_waiting, who, seat)
  end
  if refusal then return { refusal } end
end

dismiss(room, waiting, seat.lives, life_prefix, user_id, '1')
local becomes_host = role == 'h' and not was_host
if becomes_host then list_host(room, hosts, user_id, not is_new and member) end
local seats = redis.call('HGET', room.online, user_id) or ''
local changes = not is_new and (seats == '' or member.role ~= role)
add_seat(room, seats, user_id, seat)
redis.call('ZREM', away, room.id .. ':' .. user_id)
redis.call('HSET', networks, user_id, network)
room.activeAt = room.at
if is_new then
  member = add_member(room, members, nicks, who)
  announce_presence(room, '{"joined":' .. member_json(user_id, member, true) .. '}')
else
  redis.call('HSET', room.hash, 'activeAt', room.activeAt)
  change_role(room, members, user_id, member, role)
  if changes then announce_presence(room, '{"changed":' .. member_json(user_id, member, true) .. '}') end
end
if becomes_host then publish(room, 'u ' .. room.rev) end
return { 'joined', is_new and 1 or 0, room.rev, format_member(member) }
