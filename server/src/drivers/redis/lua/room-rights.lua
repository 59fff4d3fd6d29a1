#!lua flags=no-writes
-- A room and the rights of some of its members in one look.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] online hash
-- ARGV[1..] user ids
-- Returns what `room_look` does.
--@include room-look.lua

return room_look(KEYS[1], KEYS[2], KEYS[3], ARGV, 1)
