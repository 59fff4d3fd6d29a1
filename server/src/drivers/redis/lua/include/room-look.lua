--@include host-online.lua
--@include read-many.lua
--@include room-fields.lua

-- A room and the rights of some of its members: false when the room is absent, else {what `room_fields`
-- does, value of each user or false, 1 when a host is online, 1 when the hosts are gone}. The users are
-- those from list[first] on.
local function room_look(hash, members, online, list, first)
  local row = redis.call('HMGET', hash, 'hosts', 'hostAwaySince', 'goneSince')
  if not row[1] then return false end
  local values, fields = read_many(members, list, first), room_fields(hash)
  local is_gone = row[2] ~= '' and row[2] == row[3]
  return { fields, values, host_online(online, row[1]) and 1 or 0, is_gone and 1 or 0 }
end
