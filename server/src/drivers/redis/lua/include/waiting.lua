--@include room.lua
--@include forget-seat.lua
--@include with-seat.lua

-- A value of the waiting hash: `<role>:<since>:<nickname as JSON>\31<seats>`, the seats as in the online
-- hash.
local function parse_waiter(value)
  return string.match(value, '^(%a:%d+:[^\31]*\31)(.*)$')
end

-- Tells the nodes that hold the room that the list has changed.
local function announce_waiting(room)
  publish(room, 'w ' .. room.rev)
end

-- Tells the nodes that hold somebody who waits. Over the door's own channel: they hear nothing of the
-- room.
local function tell_door(room, line)
  redis.call('SPUBLISH', room.door, '\1' .. line .. '\n')
end

-- Puts a user on the list, or one more of their sockets. `most`: how long the list may be. Returns
-- the code that the join is answered with.
local function wait_at_door(room, waiting, networks, most, who, seat)
  local kept = redis.call('HGET', waiting, who.id)
  if not kept and redis.call('HLEN', waiting) >= most then return 'room_full' end
  local head, seats = who.role .. ':' .. room.at .. ':' .. who.nickname .. '\31', ''
  if kept then head, seats = parse_waiter(kept) end
  redis.call('HSET', waiting, who.id, head .. with_seat(room, seats, who.id, seat))
  -- A host may want to keep the address out, too.
  redis.call('HSET', networks, who.id, who.network)
  if not kept then announce_waiting(room) end
  return 'waiting_for_host'
end

-- Takes a user off the list and tells all their sockets: 1 let in, 0 not. Whether there was one.
local function dismiss(room, waiting, lives, life_prefix, user_id, verdict)
  local kept = redis.call('HGET', waiting, user_id)
  if not kept then return false end
  local _, seats = parse_waiter(kept)
  redis.call('HDEL', waiting, user_id)
  forget_seats(lives, life_prefix, room.id, user_id, seats)
  tell_door(room, 'a ' .. room.rev .. ' ' .. user_id .. ' ' .. verdict)
  announce_waiting(room)
  return true
end

-- Takes one socket (a `life/socket` line) of a user off the list. Whether it was there.
local function leave_door(room, waiting, user_id, line)
  local kept = redis.call('HGET', waiting, user_id)
  if not kept then return false end
  local head, seats = parse_waiter(kept)
  local at = string.find('\n' .. seats, '\n' .. line, 1, true)
  if not at then return false end
  local rest = string.sub(seats, 1, at - 1) .. string.sub(seats, at + #line)
  if rest ~= '' then
    redis.call('HSET', waiting, user_id, head .. rest)
    return true
  end
  redis.call('HDEL', waiting, user_id)
  if load_room(room) then announce_waiting(room) end
  return true
end
