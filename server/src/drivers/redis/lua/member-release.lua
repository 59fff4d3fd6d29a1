#!lua flags=allow-oom
-- Gives up one seat; the user's last one makes the member offline and sets the time to leave, or
-- removes the member where there is no grace.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] members hash
-- KEYS[6] roster
-- KEYS[7] nicks hash
-- KEYS[8] online hash
-- KEYS[9] away (due times) of the tag
-- KEYS[10] lives with seats in the tag
-- KEYS[11] seats of the life in the tag
-- KEYS[12] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] life
-- ARGV[5] socket id
-- ARGV[6] grace in ms; 0: the member leaves now
-- Returns 1, or 0 when the seat was given up before.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks, away, lives, life_seats = KEYS[5], KEYS[7], KEYS[9], KEYS[10], KEYS[11]
local user_id, life, socket_id, grace_ms = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
room.roster, room.online, room.topic, room.id = KEYS[6], KEYS[8], ARGV[1], ARGV[2]
room.hosts_away = KEYS[12]
--@include room.lua
--@include log-entry.lua
--@include presence.lua
--@include forget-seat.lua
--@include remove-member.lua

forget_seat(lives, life, life_seats, room.id .. '/' .. user_id .. '/' .. socket_id)
local seats = redis.call('HGET', room.online, user_id)
local seat = life .. '/' .. socket_id .. '\n'
local at = seats and string.find('\n' .. seats, '\n' .. seat, 1, true)
if not at then return 0 end
local rest = string.sub(seats, 1, at - 1) .. string.sub(seats, at + #seat)
if rest ~= '' then
  redis.call('HSET', room.online, user_id, rest)
  return 1
end
redis.call('HDEL', room.online, user_id)
local member = redis.call('HGET', members, user_id)
if not member or not redis.call('ZSCORE', room.roster, user_id) then return 1 end
if not load_room(room) then return 1 end
if grace_ms == 0 then
  remove_member(room, members, nicks, away, user_id, 'left', '')
  return 1
end
redis.call('ZADD', away, room.now + grace_ms, room.id .. ':' .. user_id)
announce_presence(room,
  '{"changed":' .. member_json(user_id, parse_member(member), false) .. '}')
return 1
