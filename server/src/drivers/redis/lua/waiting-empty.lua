#!lua flags=allow-oom
-- Nobody waits at a room's door any more: it is open to all, or the room is closed.
-- KEYS[1] room hash
-- KEYS[2] waiting hash
-- KEYS[3] lives with seats in the tag
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] shard channel of the door
-- ARGV[4] why the room is closed; empty: they are let in
-- ARGV[5] how the names of the keys with the seats of a life begin
-- Returns how many there were.
local room = { hash = KEYS[1], topic = ARGV[1], id = ARGV[2], door = ARGV[3] }
local waiting, lives, close_reason, life_prefix = KEYS[2], KEYS[3], ARGV[4], ARGV[5]
--@include room.lua
--@include waiting.lua

local row = redis.call('HGETALL', waiting)
if #row == 0 or not load_room(room) then return 0 end
redis.call('DEL', waiting)
for i = 1, #row, 2 do
  local _, seats = parse_waiter(row[i + 1])
  forget_seats(lives, life_prefix, room.id, row[i], seats)
end
tell_door(room, close_reason == '' and 'a ' .. room.rev .. ' * 1' or 'c ' .. room.rev .. ' ' .. close_reason)
announce_waiting(room)
return #row / 2
