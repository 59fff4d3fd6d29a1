--@include host-online.lua
--@include read-many.lua

-- A room and the rights of some of its members: false when the room is absent, else {values of the
-- fields, value of each user or false, 1 when a host is online, 1 when the hosts are gone}. Fields are
-- list[first..last], users all behind them.
local function room_look(hash, members, online, list, first, last)
  local row = redis.call('HMGET', hash, 'hosts', 'hostAwaySince', 'goneSince')
  if not row[1] then return false end
  local values = read_many(members, list, last + 1)
  local fields = redis.call('HMGET', hash, unpack(list, first, last))
  local is_gone = row[2] ~= '' and row[2] == row[3]
  return { fields, values, host_online(online, row[1]) and 1 or 0, is_gone and 1 or 0 }
end
