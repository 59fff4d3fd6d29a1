#!lua flags=allow-oom
-- Removes a member with all seats, once: place, nickname, log (`left`), announcement.
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
-- KEYS[11] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] 1: only a member who is still away and whose time has come
-- ARGV[5] how the names of the keys with the seats of a life begin
-- ARGV[6] the seat that was given up by itself, as the online hash has it; empty: none
-- Returns 1, or 0 when nobody was removed.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks, away, lives = KEYS[5], KEYS[7], KEYS[9], KEYS[10]
local user_id, only_away, life_prefix, own_seat = ARGV[3], ARGV[4] == '1', ARGV[5], ARGV[6]
room.roster, room.online, room.topic, room.id = KEYS[6], KEYS[8], ARGV[1], ARGV[2]
room.hosts_away = KEYS[11]
--@include room.lua
--@include log-entry.lua
--@include presence.lua
--@include forget-seat.lua
--@include remove-member.lua

local due = redis.call('ZSCORE', away, room.id .. ':' .. user_id)
if only_away and not (due and tonumber(due) <= now_ms()) then return 0 end
redis.call('ZREM', away, room.id .. ':' .. user_id)
local seats = redis.call('HGET', room.online, user_id) or ''
if only_away and seats ~= '' then return 0 end
if not load_room(room) then return 0 end
if not redis.call('ZSCORE', room.roster, user_id) then return 0 end

redis.call('HDEL', room.online, user_id)
forget_seats(lives, life_prefix, room.id, user_id, seats)
-- Who sits nowhere hears nothing: only a seat that is taken away changes what nodes may deliver.
if seats ~= '' and seats ~= own_seat then revoke(room, user_id, 'left') end
remove_member(room, members, nicks, away, user_id, 'left', '')
return 1
