-- For wrk: every request is another visitor's.
local number = 0
request = function()
  number = number + 1
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Bench/" .. number
  return wrk.format()
end
