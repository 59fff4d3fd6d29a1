#!lua flags=no-writes
-- What all who sit down in a room are shown alike, in one look.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] roster
-- KEYS[4] online hash
-- KEYS[5] state
-- KEYS[6] stream of the channel
-- ARGV[1] how many members at most
-- ARGV[2] how many entries at most; 0: none are looked for
-- ARGV[3] how many bytes of entries at most; one entry comes in any case
-- ARGV[4] field of the room hash with the channel's position
-- Returns false when the room is absent, else {what `member_page` does, version of the state, state,
-- what `channel_end` does or false}.
local hash, state, stream = KEYS[1], KEYS[5], KEYS[6]
local entries, bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
--@include member-page.lua
--@include channel-end.lua

local page = member_page(hash, KEYS[2], KEYS[3], KEYS[4], 0, ARGV[1])
if not page then return false end
local channel = entries > 0 and channel_end(hash, ARGV[4], stream, entries, bytes)
return { page, redis.call('HGET', hash, 'stateVersion'), redis.call('GET', state) or '{}', channel }
