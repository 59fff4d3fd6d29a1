--@include member-role.lua

-- Gives a member, who may have left, another role in the list of members, and announces it.
local function announce_role(room, members, user_id, role)
  if not redis.call('ZSCORE', room.roster, user_id) then return nil end
  local member = parse_member(redis.call('HGET', members, user_id))
  change_role(room, members, user_id, member, role)
  local is_online = redis.call('HEXISTS', room.online, user_id) == 1
  announce_presence(room, '{"changed":' .. member_json(user_id, member, is_online) .. '}')
  return member
end

-- Sets another list of hosts: `gained` becomes one, `lost` a player (nil: nobody). Rights first:
-- what comes behind is not for who has lost them. `by`: who does it, as JSON.
local function change_hosts(room, members, hosts, gained, lost, action, by)
  redis.call('HSET', room.hash, 'hosts', hosts)
  raise_rev(room)
  room.activeAt = room.at
  local user_id = gained or lost
  local is_member = redis.call('ZSCORE', room.roster, user_id)
  local kept = is_member and redis.call('HGET', members, user_id)
  log_entry(room, 'host', '{"userId":"' .. user_id .. '","nickname":' ..
    (kept and parse_member(kept).nickname or 'null') .. ',"action":"' .. action .. '","by":' ..
    by .. '}')
  if lost then announce_role(room, members, lost, 'p') end
  if gained then announce_role(room, members, gained, 'h') end
  publish(room, 'u ' .. room.rev)
end
