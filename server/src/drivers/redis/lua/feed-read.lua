#!lua flags=no-writes
-- Entries of a channel from one end of a range on, as many as fit.
-- KEYS[1] stream
-- ARGV[1] XRANGE for the oldest, XREVRANGE for the newest
-- ARGV[2] the bound where it begins, as the command has it
-- ARGV[3] the other bound
-- ARGV[4] how many entries at most
-- ARGV[5] how many bytes at most; one entry comes in any case
-- Returns {entries in the order of the command, 1 where another one did not fit, else 0}.
local stream, command, from, to = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local limit, bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
--@include read-stream.lua

local found, cut = read_stream(command, stream, from, to, limit, bytes)
return { found, cut }
