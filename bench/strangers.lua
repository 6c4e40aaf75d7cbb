-- For wrk: every request is another visitor's, from a network of their own.
local number = 0
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Bench"
request = function()
  number = number + 1
  local high, low = math.floor(number / 65536) % 256, number % 65536
  wrk.headers["X-Forwarded-For"] = "10." .. high .. "." .. math.floor(low / 256) .. "." .. low % 256
  return wrk.format()
end
