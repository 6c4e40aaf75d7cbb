"""Passwords of ten and more characters that lead every leaked list, and what they are made of; shorter ones are refused
anyway."""

COMMON_PASSWORDS = frozenset(
    """
0123456789 0987654321 1111111111 1122334455 1212121212 123123123123 1231231234 1234512345 123454321
1234554321 1234567890 12345678900 12345678901 123456789012 1234567890123 123456789a 123456789q 123456789z
1234567891 12345678910 123456789abc 1234abcd1234 1234qwerasdf 123qwe123qwe 12qwaszx12 147258369 1472583690
159753456852 1a2b3c4d5e 1g2w3e4r5t 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv
2222222222 3rjs1la7qe 5555555555 741852963 9876543210 999999999999 a123456789 a1b2c3d4e5 aa12345678
aaaaaaaaaa abc1234567 abc123456789 abcd123456 abcd12345678 abcde12345 abcdef1234 abcdefghij abcdefghijk
abcdefghijkl adgjmptw12 adminadmin admin12345 admin123456 administrator asd123asd123 asdasdasdasd asdf1234asdf
asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; asdfghjklqwertyuiop asdfjkl123 basketball baseball123 bismillah1
bismillah123 blink182blink butterfly1 butterfly123 caterpillar cheesecake chocolate1 chocolate123 christopher
computer12 computer123 correcthorsebatterystaple dragonball dragonballz elizabeth1 enterprise1 fdsafdsafdsa
football12 football123 fuckyou123 fuckyou1234 helloworld hello12345 hello123456 iloveyou12 iloveyou123
iloveyou1234 iloveyou2 iloveyouu1 iloveyousomuch jordan2323 jonathan12 letmein123 letmein1234 letmeinnow
letmeinplease liverpool1 liverpool123 lovelovelove loveyou123 manchester manchester1 manunited1 masterkey1
michael123 minecraft1 minecraft123 monkey1234 motherfucker mustang123 mypassword mypassword1 mypassword123
nopassword opensesame p@ssw0rd12 p@ssw0rd123 p@ssword123 pa55word123 paSSword123 passpasspass passw0rd12
passw0rd123 passwd1234 password00 password01 password10 password11 password12 password123 password123!
password1234 password12345 password123456 password13 password21 password22 password99 password!! password1!
passwordpassword playstation playstation3 pokemon123 princess12 princess123 q1w2e3r4t5 q1w2e3r4t5y6
qazwsxedc1 qazwsxedc123 qazwsxedcrfv qweasdzxc1 qweasdzxc123 qwer1234asdf qwerasdfzxcv qwerqwer12 qwerty1234
qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiopasdfghjkl
qwertyuiop[] samsung123 scoobydoo1 secret1234 september1 snowboard1 spiderman1 spiderman123 sunshine12 sunshine123
superman12 superman123 starwars123 test123456 test1234test testtest12 testtest123 testtesttest thisismypassword
trustno1trustno1 unbreakable universidad volleyball welcome123 welcome1234 welcome12345 whatever12 whatever123
winter2024 winter2025 winter2026 summer2024 summer2025 summer2026 wordpass123 xxxxxxxxxx yourpassword zaq12wsxcde3
zaq1zaq1zaq1 zaqxswcde1 zxcvbnm123 zxcvbnm1234 zxcvbnmasdfghjkl zzzzzzzzzz mayfly1234 mayfly12345 mayflymayfly
changeme12 changeme123 changemenow defaultpassword supersecret topsecret1 topsecret123 letmeinletmein
""".casefold().split()
)

# Words that most guessed passwords are made of, whatever digits and signs stand around them.
COMMON_STEMS = frozenset(
    """
abc abcd access admin administrator arsenal asdf ashley autumn bailey barcelona baseball basketball batman bismillah
blink butterfly changeme charlie cheese chelsea chocolate computer daniel default demo dragon elizabeth flower football
freedom fuckyou hannah hello helloworld hunter iloveyou internet jessica jonathan jordan killer letmein liverpool login
lovely loveyou manchester manutd master mayfly michael michelle minecraft monkey motherfucker mustang nicole nothing
passw password passwort patrick pokemon princess purple qwer qwert qwerty qwertz qwertzu realmadrid robert samsung
scoobydoo secret shadow snowboard soccer spiderman spring starwars summer sunshine superman superstar test testing
thomas tigger trustno unbreakable user volleyball welcome whatever william winter zaq zxcvbn
""".casefold().split()
)
