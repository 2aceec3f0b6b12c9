"""Databases of keys that NSS 3.87.1 made: `NSS_InitReadWrite`, `PK11_InitPin`, `PK11SDR_Encrypt`, by ctypes.

`LOCKED` has the primary password `PASSWORD`, `OPEN` none. `VACUUM` with pages of 1,024 octets made them small; here they
are compressed with zlib, in base64. The logins are what `PK11SDR_Encrypt` made of `wick` and `first-word-1`.
"""

from base64 import b64decode
from zlib import decompress

PASSWORD = b"Juniper-lantern-12"
LOCKED = decompress(
    b64decode(
        "eNrtWn9MG1Ucf3dXCgWpDJGOLOh1MlmBsOtdey3+GqXrtgbk1yAMNi137WHqCkxa3CT+SFFhJstiphmb7o9pxBjnptGFRPePblHniBoTXYwx"
        "IUv8kTA0umCEMBPvfY/yqGzBxD/U8T65+9znfd99P/1er+897sK2prpoQuO7evu6lQQvIRNiGFTN8wihDH3PQQSZ+m5a1GbQ8shAlWEGGzHc"
        "HLSNAwUFxb8PE5OLxyZ7GukbBcX/CYM1zICpwGrNR4Nyek8BqrACkBWh/Pwlmamuf4DC3/ZdggHEjKIOIXlQ6DFbyoa2Dv2ey2TkCopQQ5o3"
        "CG4Tv66tMtR5ZfXrv3y/PTj31MS5Dfwd6yN3Pqb9eOP9k7V/TL7FsqV5LMML2eYsI4+1CGvMls6hrYzGmZgyk/XMK7+eO3lo/8edPw0VPfqJ"
        "iU+cGau8aL11YOc9hy9EDyQ+Kj1x/IWRz1rFohdLC45qjxfq1d08k140oy/uOpBesr7p6zfDZMPaPIO4GfqDoqBYKcjkTBY8h8H6j8oRKufO"
        "LpMy3Mxk2ux25kBvQlFjWk883tgXfVhJLFKsvzngawnwLb6augBP4vz6aIRvbA7e62tu52sD7XxrfbCpNcA31PP+hvrNdUF/C++raWhuqeAV"
        "Qd+d+i7qu4Q1BHDEiUNe3PTiphea+BSvC5Mbk4zJg8mLqQqTgknVqQqsBIPBURCBjc9xAbuBZWAPsBe4ClgBVoHDUJhRnlEfaNHQ4CyCswjO"
        "IjiL4CyCswjOIjhLkCtBrgS5EuRKkCtDrwy9MvTK0CsbveAsg7MHzvQaDN8jXK8oGBrnilCzJBjsBMZxF0RcEHHNRyRgF7AbGH+KC/xd4O+C"
        "++CGXDfkugUjYuTqEJ1OIo2bCMDRsOaWXJJ7kRSJlIh0EekmUibSQ6R3QcokTSZpMkmTSZq8KK1qQXpIDZ6UmUzqlUm9MqlXJvXKpF6Z1CuT"
        "emVSry6riFSIVIkMExkhUiOya0HCj8aQKilHxeVE3IoQUQXBkasP+0x2FeLGuRLuIDvBjrCtepNipaImy2yz2Zkd0Z6Itje8S4lGyDSeMz+9"
        "B+s3Bbbz0Imn8MXzPJ5SHdWZ4NEGHjFF1WLklOw0D+hc4iE5NpvNtjV2JgQO8X71QS2cIKdY0jzmu69SidPhzzDbilJXE43H+7U+ck5Wmo3R"
        "u8TF63TEuExbcTGTLId1r1tLKJuUhJI6mtPWvFT076x4zYHGOp8/UMFHE1q30ziIjg0ms81fzCDj0h+K6dGQ0p/ohXYo5R9yphR+LZeF75zE"
        "mm1b7NdKJBcVchLN4fWfZd9GXJtOFBT/eSTXshkbBwtQPPpAaJf2SMgpd7m9Xk0Nzf9N4RSSSeE+8vhtFRqXPI2XWL+JfP3k6men2qees71/"
        "/tgXx545NcscWVX2nad38gc0frWn8UXaxAdvm64tm363NBoZm9iy87Xhlzqyx/b3fbv3sFZ9xDcwejZ5O5NR7Bos3K3E43t6+yJ7tn15vvCr"
        "Uz5NeE+1lY3k1SfLLgvJweXeGuRONK0dznnizROeD14e+vzu4Gj36Yt3Na07fkj9mavf0asu/9bg6e7dJV1vxOqe/3T61apLprxbjn44NDdu"
        "P3k5ELa/0zgbwc//LHcBcdM6UVBQXAco5jYy15wf2Ryu2JKamIz3f1eQvlFQUKwgcByy0PFPQbHSx/8s0jcKCoqVAjOXbxlFHcb4n0L6RkFB"
        "cR3jJq7C8tf/CPoTeuBlfg=="
    )
)
OPEN = decompress(
    b64decode(
        "eNrtWm1sFEUYntnd3vUKPbUULoac7JkSvLboft3cHaXQoxxQLW0pbQT8OPY+Kmdbir0rWP/INaR+oAYq8SNGSSRgjPwwsSo/tMQISjBiLAZD"
        "QiQoCRFI6g8SSjDRnXd7TGshNfGHgc6T3WefeWff5969vZnpbrp2TX06m5Lburo7zaysIwlhjGpkGSFUYO0zEIPT2qVxbYymRgF6MIGpERav"
        "Q9s+cHBw/P+QcDEdm8IXyNo4OG4r9EXwc1Kp212C+oyJPaWo0g1AboRKSiZl5rv+A+Zc29UGIwjvRxuU3G6l0+Eq71/Vf7UYFxQrG5UIa85U"
        "DEle9fon5gn3iDywZ6DswwuvnDx0PLHH/9U7H4+UKTu+HwydEjAWsKwUOQrtNMGlzHW4NvavwilRwuWSe9uwz/fSrM7fFrTPDn7ZLsml7x3v"
        "/azlm56i8zVH06uH3j7dsGND4IP5H/UuubTN/9bp3VZxs0cn1oytxd0Csiq2Nmv9xrgI1uZRJI7y3xMHx3SBU5RcdAqD9R9VIFQhfj1FygvN"
        "2Onx+fBrXVkz3pHanMk0dae3mtlxSqhtjkZaonJLZFl9VGZx+YF0Um5qrlsdaV4vPxJdL7c21K1pjcqNDXJtY8OK+rraFjmyrLG5pVI2FWtX"
        "rV2zdp1qCNCISkMh2gzRZgia9JSQQSlAiVAKUgpRClMyKcUtCoOVYjM4Khqw/TkGcACYAAeBQ8BhYBM4DpyAwuzy7PpAa7YGZw2cNXDWwFkD"
        "Zw2cNXDWwFmHXB1ydcjVIVeHXAK9BHoJ9BLoJXYvOBNwDsKZIZvhe4Tr1RRb01wNatYVm1VgGjcgYkDEGIvowAZwAJh+igH+BvgbcB8CkBuA"
        "3IBiR+xcC5qqMmnfRACNJlIB3dAD46TGpM6kwWSAScJkkMnQDUlYGmFphKURlkbGpYVvyCCrIZg3I6xewuolrF7C6iWsXsLqJaxewuq1ZJhJ"
        "k8k4kwkmk0ymmGy7IeFHY8s4KydOy0kGTCUZVxR/sTXsncI9SPxOLBMHhLPCm0Kr1eSYrlhW6PB4fPix9OZk6tlEu5lOsml8xtj0XtewPLpO"
        "hk46hY+f5+mU6q9xgsej4NFhxlMd7JSiCR7QOclD969wODxzfTgGDpme+NOpRJad4prgMdZ9k0pUf22Bw3Nv/mrSmUxPqpudUzjBxu6d5BJS"
        "/R2i0+P14lwFrHudqay53Mya+aNjwpqXj/6bFa852lQfqY1WyulsqlO1D5r/IcnhqfViZF/6Mx1WNGb2ZLugHcv7x9S8oq/lCumd0wWHZ6Xv"
        "VonsomIq0yJd/wVhEInrLOLguA2Q8wkFS/tKUCb9VKw91RtTSVs4rBASG/urQlVy25XH2fO3W2mc9DheXlF9uKr8c3d0qMtxTLq05PLaw4te"
        "PHzM++vJSzOvL/l5+CaP4+O0JJ8ZTOzad1d15cUne/cd+H1QdZ5btP1gk1C3dfjdiy8vqD6Rm48LvEZf6RYzk9nW1Z08eNR3tkou789I80Z/"
        "CUeq1w21vq/kclO9NfjL+ePCTxevGTn0xt5zF3YeOHh+3rcLzz+/+MDCM2uv/1B1/xNTvjU407Py6s62Te7dc+474v1Jurtm76t/XMmVz4tu"
        "2XSs6sjDw/T5XxBPIfGKRRwcHHcAvOJSfMvZUZghel35ecl+//cnsjYODo5pBFFELj7+OTim+/i/hqyNg4NjusAhlrj2ow32+L+MrI2Dg+MO"
        "xiyx0vXP/wj6G5/OY1E="
    )
)
LOCKED_LOGIN = (
    "MDIEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECMozpKjF9RHKBAi++pMbrW4qEQ==",
    "MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECEQXhufZINkaBBCGeMOZSJdIKyeyU3Sgm7oP",
)
OPEN_LOGIN = (
    "MDIEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECGwgV0dzZa3wBAhZUQIhqHl+Bw==",
    "MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECKSWHj7eTdYvBBAn+wkHCjMyWEp2SdJpfpjc",
)
