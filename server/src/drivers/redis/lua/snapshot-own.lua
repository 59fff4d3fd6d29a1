#!lua flags=no-writes
-- What one who sits down in a room is shown apart from the others, in one look.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] online hash
-- KEYS[4..] streams
-- ARGV[1] how many entries of a channel at most
-- ARGV[2] how many bytes of a channel at most; one entry comes in any case
-- ARGV[3..] for each stream the field of the room hash with its position, then the user
-- Returns false when the room is absent, else {what `room_look` does, for each stream what
-- `channel_end` does}.
local hash, limit, bytes = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local streams = #KEYS - 3
--@include room-look.lua
--@include channel-end.lua

local look = room_look(hash, KEYS[2], KEYS[3], ARGV, 3 + streams)
if not look then return false end
local ends = {}
for i = 1, streams do ends[i] = channel_end(hash, ARGV[2 + i], KEYS[3 + i], limit, bytes) end
return { look, ends }
