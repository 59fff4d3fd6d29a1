#!lua
-- Makes a member a host, a host a player, or hands one's own part over: list of hosts, roles, log
-- (`host`), announcement. A room keeps at least one host.
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
-- ARGV[4] grant, revoke or transfer
-- ARGV[5] the host who does it
-- Returns 'absent', a code or what `room_fields` does.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, user_id, action, by = KEYS[5], ARGV[3], ARGV[4], ARGV[5]
room.roster, room.online, room.hosts_away = KEYS[6], KEYS[7], KEYS[8]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua
--@include change-host.lua
--@include room-fields.lua

local row = load_room(room, 'hosts')
if not row then return 'absent' end
if room.isClosed then return 'room_closed' end
local hosts = row[6]
if not is_listed(hosts, by) then return 'forbidden' end
local is_member = redis.call('ZSCORE', room.roster, user_id) ~= false
if action == 'revoke' then
  if not is_listed(hosts, user_id) then return 'not_found' end
  if hosts == user_id then return 'conflict' end
  change_hosts(room, members, without_host(hosts, user_id), nil, user_id, action, '"' .. by .. '"')
else
  if not is_member then return 'not_found' end
  local is_one_more = action == 'grant' and not is_listed(hosts, user_id)
  if is_one_more and has_many_hosts(hosts) then return 'room_full' end
  local next_hosts = with_host(hosts, user_id)
  local leaving = action == 'transfer' and by ~= user_id and by or nil
  if leaving then next_hosts = without_host(next_hosts, leaving) end
  if next_hosts ~= hosts then
    change_hosts(room, members, next_hosts, user_id, leaving, action, '"' .. by .. '"')
  end
end
return room_fields(room.hash)
