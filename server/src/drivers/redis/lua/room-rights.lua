#!lua flags=no-writes
-- A room and the rights of some of its members in one look.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] online hash
-- ARGV[1] how many fields of the room to answer
-- ARGV[2..] these fields, then user ids
-- Returns false when the room is absent, else {values of the fields, value of each user or false,
-- 1 when a host is online, hostAwaySince, hostGraceMs, time in ms}.
local hash, members, online = KEYS[1], KEYS[2], KEYS[3]
local last_field = 1 + ARGV[1]
--@include time.lua
--@include host-online.lua
--@include read-many.lua

local row = redis.call('HMGET', hash, 'hosts', 'hostAwaySince', 'hostGraceMs')
if not row[1] then return false end
local values = read_many(members, ARGV, last_field + 1)
local fields = redis.call('HMGET', hash, unpack(ARGV, 2, last_field))
return { fields, values, host_online(online, row[1]) and 1 or 0, row[2], row[3], text(now_ms()) }
