#!lua flags=no-writes
-- A page of a room's members in order of joining.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] roster
-- KEYS[4] online hash
-- ARGV[1] place after which the page begins (exclusive)
-- ARGV[2] how many members at most
-- Returns false when the room is absent, else {presenceVersion, count, users, values of the members
-- hash, 1 for each who is online and 0 for the others}. Lists are one string, with U+001E between:
-- for the client hundreds of short strings would be most of what a join costs.
local hash, members, roster, online = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local cursor, limit = ARGV[1], ARGV[2]
--@include read-many.lua

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
return { version, count, table.concat(users, between), table.concat(values, between), table.concat(seats) }
