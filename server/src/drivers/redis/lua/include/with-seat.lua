-- Notes a seat (`life`, `socket_id`, and the keys `lives` and `life_seats`) at its life; returns the seats
-- of its user (`life/socket` lines) with it.
local function with_seat(room, seats, user_id, seat)
  redis.call('SADD', seat.lives, seat.life)
  redis.call('SADD', seat.life_seats, room.id .. '/' .. user_id .. '/' .. seat.socket_id)
  local line = seat.life .. '/' .. seat.socket_id .. '\n'
  if string.find('\n' .. seats, '\n' .. line, 1, true) then return seats end
  return seats .. line
end
