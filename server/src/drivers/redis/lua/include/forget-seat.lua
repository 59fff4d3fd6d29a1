-- Forgets a seat at its life; a life without seats in the tag is forgotten too.
local function forget_seat(lives, life, life_seats, seat)
  redis.call('SREM', life_seats, seat)
  if redis.call('EXISTS', life_seats) == 0 then redis.call('SREM', lives, life) end
end

-- Forgets all seats (`life/socket` lines) of a user in a room at their lives. `life_prefix`: how the
-- names of the keys with the seats of a life begin.
local function forget_seats(lives, life_prefix, room_id, user_id, seats)
  for life, socket_id in string.gmatch(seats, '([^/\n]+)/([^\n]+)\n') do
    forget_seat(lives, life, life_prefix .. life, room_id .. '/' .. user_id .. '/' .. socket_id)
  end
end
