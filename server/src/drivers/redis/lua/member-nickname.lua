#!lua flags=no-writes
-- The first of some nicknames that somebody new could have.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] nicks hash
-- ARGV[1..] pairs of folded nickname and what it may be taken for, U+001F between the looks
-- Returns its place from 1 on, or 0 for none.
local hash, members, nicks = KEYS[1], KEYS[2], KEYS[3]
--@include presence-format.lua
--@include nicknames.lua

local hosts = redis.call('HGET', hash, 'hosts')
if not hosts then return 0 end
for i = 1, #ARGV, 2 do
  local is_free = redis.call('HEXISTS', nicks, ARGV[i]) == 0
  if is_free and not looks_like_host(hosts, members, nicks, ARGV[i + 1]) then return (i + 1) / 2 end
end
return 0
