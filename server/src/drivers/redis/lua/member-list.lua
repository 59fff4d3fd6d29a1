#!lua flags=no-writes
-- A page of a room's members in order of joining.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] roster
-- KEYS[4] online hash
-- ARGV[1] place after which the page begins (exclusive)
-- ARGV[2] how many members at most
-- Returns what `member_page` does.
--@include member-page.lua

return member_page(KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2])
