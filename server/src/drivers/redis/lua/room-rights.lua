#!lua flags=no-writes
-- A room and the rights of some of its members in one look.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] online hash
-- ARGV[1] how many fields of the room to answer
-- ARGV[2..] these fields, then user ids
-- Returns false when the room is absent, else {values of the fields, value of each user or false,
-- 1 when a host is online, 1 when the hosts are gone}.
local hash, members, online = KEYS[1], KEYS[2], KEYS[3]
local last_field = 1 + ARGV[1]
--@include host-online.lua
--@include read-many.lua

local row = redis.call('HMGET', hash, 'hosts', 'hostAwaySince', 'goneSince')
if not row[1] then return false end
local values = read_many(members, ARGV, last_field + 1)
local fields = redis.call('HMGET', hash, unpack(ARGV, 2, last_field))
local is_gone = row[2] ~= '' and row[2] == row[3]
return { fields, values, host_online(online, row[1]) and 1 or 0, is_gone and 1 or 0 }
