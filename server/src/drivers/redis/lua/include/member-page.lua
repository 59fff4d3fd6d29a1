--@include read-many.lua

-- A page of a room's members in order of joining, behind the place `cursor`: false when the room is
-- absent, else {presenceVersion, count, users, values of the members hash, 1 for each who is online and
-- 0 for the others}. Lists are one string, with U+001E between: for the client hundreds of short strings
-- would be most of what a join costs.
local function member_page(hash, members, roster, online, cursor, limit)
  local version = redis.call('HGET', hash, 'presenceVersion')
  if not version then return false end
  local users = redis.call('ZRANGEBYSCORE', roster, '(' .. cursor, '+inf', 'LIMIT', 0, limit)
  local count = redis.call('ZCARD', roster)
  local values, seats = read_many(members, users, 1), read_many(online, users, 1)
  for i = 1, #users do
    values[i] = values[i] or ''
    seats[i] = seats[i] and '1' or '0'
  end
  local between = '\30'
  return { version, count, table.concat(users, between), table.concat(values, between),
    table.concat(seats) }
end
