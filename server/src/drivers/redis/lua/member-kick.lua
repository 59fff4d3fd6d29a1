#!lua flags=allow-oom
-- Removes a member with all seats against their will, or bans a user, who may be none: ban, list of
-- hosts, place, nickname, log (`kicked` or `banned`), announcement.
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
-- KEYS[11] bans
-- KEYS[12] waiting hash
-- KEYS[13] admitted users
-- KEYS[14] rooms of the tag whose hosts are away
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] user id
-- ARGV[4] 1: the user cannot come back either
-- ARGV[5] who does it: a user id as JSON, or null
-- ARGV[6] how the names of the keys with the seats of a life begin
-- ARGV[7] shard channel of the door
-- ARGV[8] the network from which nobody new comes in either; empty: none
-- Returns {'kicked', 1 when the user was a host}, {'absent'} or {code}.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, nicks, away, lives, bans = KEYS[5], KEYS[7], KEYS[9], KEYS[10], KEYS[11]
local waiting, admitted, network = KEYS[12], KEYS[13], ARGV[8]
local user_id, is_ban, life_prefix = ARGV[3], ARGV[4] == '1', ARGV[6]
local details = ',"by":' .. ARGV[5]
room.roster, room.online, room.topic, room.id = KEYS[6], KEYS[8], ARGV[1], ARGV[2]
room.hosts_away, room.door = KEYS[14], ARGV[7]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua
--@include waiting.lua
--@include remove-member.lua

local row = load_room(room, 'hosts')
if not row then return { 'absent' } end
if room.isClosed then return { 'room_closed' } end
local by = string.match(ARGV[5], '^"(.+)"$')
if by and not is_listed(row[6], by) then return { 'forbidden' } end
local is_member = redis.call('ZSCORE', room.roster, user_id)
if not is_member and not is_ban then return { 'not_found' } end

local is_new_ban = is_ban and redis.call('SADD', bans, user_id) == 1
if is_ban and network ~= '' then redis.call('SADD', bans, '@' .. network) end
local hosts = without_host(row[6], user_id)
local was_host = hosts ~= row[6]
if was_host then redis.call('HSET', room.hash, 'hosts', hosts) end
local reason = is_ban and 'banned' or 'kicked'
-- Also of a member who sits nowhere: a node may still hold a seat that was taken for dead.
if is_member or was_host then revoke(room, user_id, reason) end
-- Where a host lets people in, a host has to do so again; who is banned waits no longer.
redis.call('ZREM', admitted, user_id)
if is_ban then dismiss(room, waiting, lives, life_prefix, user_id, '0') end
room.activeAt = room.at
if is_member then
  local seats = redis.call('HGET', room.online, user_id) or ''
  redis.call('HDEL', room.online, user_id)
  forget_seats(lives, life_prefix, room.id, user_id, seats)
  remove_member(room, members, nicks, away, user_id, reason, details)
elseif is_new_ban then
  log_entry(room, reason, '{"userId":"' .. user_id .. '","nickname":null' .. details .. '}')
end
return { 'kicked', was_host and 1 or 0 }
