terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

resource "terraform_data" "text" {
  input = "x"
}

locals {
  unknown  = jsondecode(terraform_data.text.output)
  template = "is $${a}"
}

resource "terraform_data" "u0" {
  input = -1.5
}

resource "terraform_data" "u1" {
  input = "a/../b"
}

resource "terraform_data" "u2" {
  input = [true, false]
}

resource "terraform_data" "u3" {
  input = true
}

resource "terraform_data" "u4" {
  input = "aGVsbG8="
}

resource "terraform_data" "u5" {
  input = "hello"
}

resource "terraform_data" "u6" {
  input = "H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA=="
}

resource "terraform_data" "u7" {
  input = ""
}

resource "terraform_data" "u8" {
  input = "a/b.txt"
}

resource "terraform_data" "u9" {
  input = 4
}

resource "terraform_data" "u10" {
  input = 1.2
}

resource "terraform_data" "u11" {
  input = "a\n"
}

resource "terraform_data" "u12" {
  input = ["a", "b", "c"]
}

resource "terraform_data" "u13" {
  input = "a"
}

resource "terraform_data" "u14" {
  input = 2
}

resource "terraform_data" "u15" {
  input = "10.0.0.0/8"
}

resource "terraform_data" "u16" {
  input = "10.1.0.0/16"
}

resource "terraform_data" "u17" {
  input = "10.0.0.0/24"
}

resource "terraform_data" "u18" {
  input = 5
}

resource "terraform_data" "u19" {
  input = 8
}

resource "terraform_data" "u20" {
  input = 3
}

resource "terraform_data" "u21" {
  input = "b"
}

resource "terraform_data" "u22" {
  input = []
}

resource "terraform_data" "u23" {
  input = ["b"]
}

resource "terraform_data" "u24" {
  input = ["a", "", "b"]
}

resource "terraform_data" "u25" {
  input = ["a"]
}

resource "terraform_data" "u26" {
  input = ["a", "b"]
}

resource "terraform_data" "u27" {
  input = "id,n\norders,1\n"
}

resource "terraform_data" "u28" {
  input = ["a", "b", "a"]
}

resource "terraform_data" "u29" {
  input = "orders"
}

resource "terraform_data" "u30" {
  input = "ers"
}

resource "terraform_data" "u31" {
  input = "x"
}

resource "terraform_data" "u32" {
  input = "a.txt"
}

resource "terraform_data" "u33" {
  input = "."
}

resource "terraform_data" "u34" {
  input = "*.txt"
}

resource "terraform_data" "u35" {
  input = [["a"], ["b", ["c"]]]
}

resource "terraform_data" "u36" {
  input = 1.8
}

resource "terraform_data" "u37" {
  input = "%s has %d"
}

resource "terraform_data" "u38" {
  input = "DD MMM YYYY"
}

resource "terraform_data" "u39" {
  input = "2026-01-02T03:04:05Z"
}

resource "terraform_data" "u40" {
  input = "%s!"
}

resource "terraform_data" "u41" {
  input = "a\nb"
}

resource "terraform_data" "u42" {
  input = ","
}

resource "terraform_data" "u43" {
  input = "{\"a\":1}"
}

resource "terraform_data" "u44" {
  input = {"a" = "x"}
}

resource "terraform_data" "u45" {
  input = {"b" = 1, "a" = 2}
}

resource "terraform_data" "u46" {
  input = 1
}

resource "terraform_data" "u47" {
  input = "none"
}

resource "terraform_data" "u48" {
  input = "ORDERS"
}

resource "terraform_data" "u49" {
  input = ["x", "y"]
}

resource "terraform_data" "u50" {
  input = ["y"]
}

resource "terraform_data" "u51" {
  input = "y"
}

resource "terraform_data" "u52" {
  input = {"a" = 1}
}

resource "terraform_data" "u53" {
  input = {"b" = 2}
}

resource "terraform_data" "u54" {
  input = "ff"
}

resource "terraform_data" "u55" {
  input = 16
}

resource "terraform_data" "u56" {
  input = "a/b"
}

resource "terraform_data" "u57" {
  input = "[a-z]+"
}

resource "terraform_data" "u58" {
  input = "12ab"
}

resource "terraform_data" "u59" {
  input = "[a-z]"
}

resource "terraform_data" "u60" {
  input = "1a2b"
}

resource "terraform_data" "u61" {
  input = "a-b"
}

resource "terraform_data" "u62" {
  input = "-"
}

resource "terraform_data" "u63" {
  input = "+"
}

resource "terraform_data" "u64" {
  input = "a1b2"
}

resource "terraform_data" "u65" {
  input = "/[0-9]/"
}

resource "terraform_data" "u66" {
  input = "#"
}

resource "terraform_data" "u67" {
  input = "J+HxORkSkM57KBzT6zes2K1z8SFPzFY5VgFXPIoqQ/tsjIEGZHThAEXK/nQrB+fOsPX/kvWAVJV+YacB8P6OMMNHxgNHmaog4sxCSMcusykdkHdyU7MbpIFB+DbXX249qOYbv18ordZpn28fYwenKCRAoctoIjuwGIUbB9J+/6M="
}

resource "terraform_data" "u68" {
  input = "-----BEGIN RSA PRIVATE KEY-----\nMIICXAIBAAKBgQCwnw8X9m3J1hPRNxAzYefGqz8mkD6m2J+cBg1dALIO241kN4qV\n84qP2pmZyjZFLplF9q6YkaY2AjLNO/mswgzZ9e0ps2r+1LIZ07nma5KbqOZBsWbI\nwomIkb7PFX1FdF/wrMbUQTJEi5PJ1K8U0R9zyaolJjHhFYAYM1SUL2FhWwIDAQAB\nAoGBAJ2nbS6jjj5is8/FSdXDp8Ljavw+N15w8I+xq03/5/BxM9Vn6nGNMXrU0tS+\n9hBs1u3nktOm9ukwry4ZQfVeRV7wcTmIWEuQFOgfebUDgSJ4/MWuHrETfFoZE6sl\nzkWojcvmV0qCwmPDxjvojH0qA6Pp+4+xP1dj27XQBBZOeMABAkEA5b/KZ8JeVcwy\nUK53tafeLCNeqKXVuj1MtHD5bWVhVZ80LxSqHXEl1ob4HIhfpld7V8CWwn921br6\ndEZKD/QgAQJBAMTNRJOiRe8jw71YKV/DX1w/9V7mnSv1BOXyrJa8VxPqYc7Was9h\n/TLJEbQxhJySCgnpRNBuSfBs+kz9+U96AVsCQBKuerXfLy6I0RqQZTmHMeCi66KJ\nAY0ISQFvIkkL8lM1A9hENOT5+1qrVOd1C1oKSQREq72bAb21W4Iy6PjNIAECQAyY\n4xHcKkPTcz0Ufpl9pQX/phIsCtV8epLJhNilN6GzuA0IVo/twspUaoixPr7S7keS\nIfCBjsQQBbmV7DZ1Jc8CQFf+b/TgQlEBgOolO/wprGC9QAuXbSqe+5h6/g+2FVBe\n3GGbwzWicLhx/Om39rMdbLxUIGChMqdy4oUWL18GOj0=\n-----END RSA PRIVATE KEY-----\n"
}

resource "terraform_data" "u69" {
  input = -5
}

resource "terraform_data" "u70" {
  input = ["b", "a"]
}

resource "terraform_data" "u71" {
  input = "a,b"
}

resource "terraform_data" "u72" {
  input = "ord"
}

resource "terraform_data" "u73" {
  input = "der"
}

resource "terraform_data" "u74" {
  input = "abc"
}

resource "terraform_data" "u75" {
  input = [1, 2, 3]
}

resource "terraform_data" "u76" {
  input = "SABpAA=="
}

resource "terraform_data" "u77" {
  input = "UTF-16LE"
}

resource "terraform_data" "u78" {
  input = "Hi"
}

resource "terraform_data" "u79" {
  input = "1h"
}

resource "terraform_data" "u80" {
  input = "2026-01-03T00:00:00Z"
}

resource "terraform_data" "u81" {
  input = "by status"
}

resource "terraform_data" "u82" {
  input = "true"
}

resource "terraform_data" "u83" {
  input = "1.5"
}

resource "terraform_data" "u84" {
  input = 1.5
}

resource "terraform_data" "u85" {
  input = {"a" = ["x", "y"]}
}

resource "terraform_data" "u86" {
  input = "--a--"
}

resource "terraform_data" "u87" {
  input = " a "
}

resource "terraform_data" "u88" {
  input = "a+b%21"
}

resource "terraform_data" "u89" {
  input = "a b!"
}

resource "terraform_data" "u90" {
  input = "a b&c"
}

resource "terraform_data" "u91" {
  input = "dns"
}

resource "terraform_data" "u92" {
  input = "www.example.com"
}

resource "terraform_data" "u93" {
  input = {"b" = "y", "a" = "x"}
}

resource "terraform_data" "u94" {
  input = "a: [1, yes]"
}

resource "terraform_data" "u95" {
  input = {"a" = [1, "x"]}
}

resource "terraform_data" "u96" {
  input = [1, "x"]
}

resource "terraform_data" "u97" {
  input = ["x"]
}

resource "terraform_data" "u98" {
  input = {"a" = ["x", 1]}
}

resource "terraform_data" "u99" {
  input = ["x", 1]
}

resource "terraform_data" "u100" {
  input = "a = \"x\"\n"
}

resource "terraform_data" "u101" {
  input = "t.tftpl"
}

variable "e0" {
  default   = -1.5
  ephemeral = true
}

variable "e1" {
  default   = "a/../b"
  ephemeral = true
}

variable "e2" {
  default   = [true, false]
  ephemeral = true
}

variable "e3" {
  default   = "aGVsbG8="
  ephemeral = true
}

variable "e4" {
  default   = "hello"
  ephemeral = true
}

variable "e5" {
  default   = "H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA=="
  ephemeral = true
}

variable "e6" {
  default   = ""
  ephemeral = true
}

variable "e7" {
  default   = "a/b.txt"
  ephemeral = true
}

variable "e8" {
  default   = 4
  ephemeral = true
}

variable "e9" {
  default   = 1.2
  ephemeral = true
}

variable "e10" {
  default   = "a\n"
  ephemeral = true
}

variable "e11" {
  default   = ["a", "b", "c"]
  ephemeral = true
}

variable "e12" {
  default   = 2
  ephemeral = true
}

variable "e13" {
  default   = "10.0.0.0/8"
  ephemeral = true
}

variable "e14" {
  default   = "10.1.0.0/16"
  ephemeral = true
}

variable "e15" {
  default   = "10.0.0.0/24"
  ephemeral = true
}

variable "e16" {
  default   = 5
  ephemeral = true
}

variable "e17" {
  default   = 8
  ephemeral = true
}

variable "e18" {
  default   = 3
  ephemeral = true
}

variable "e19" {
  default   = "b"
  ephemeral = true
}

variable "e20" {
  default   = []
  ephemeral = true
}

variable "e21" {
  default   = ["b"]
  ephemeral = true
}

variable "e22" {
  default   = ["a", "", "b"]
  ephemeral = true
}

variable "e23" {
  default   = ["a"]
  ephemeral = true
}

variable "e24" {
  default   = ["a", "b"]
  ephemeral = true
}

variable "e25" {
  default   = "id,n\norders,1\n"
  ephemeral = true
}

variable "e26" {
  default   = ["a", "b", "a"]
  ephemeral = true
}

variable "e27" {
  default   = "orders"
  ephemeral = true
}

variable "e28" {
  default   = "ers"
  ephemeral = true
}

variable "e29" {
  default   = "x"
  ephemeral = true
}

variable "e30" {
  default   = "a.txt"
  ephemeral = true
}

variable "e31" {
  default   = "."
  ephemeral = true
}

variable "e32" {
  default   = "*.txt"
  ephemeral = true
}

variable "e33" {
  default   = [["a"], ["b", ["c"]]]
  ephemeral = true
}

variable "e34" {
  default   = 1.8
  ephemeral = true
}

variable "e35" {
  default   = "%s has %d"
  ephemeral = true
}

variable "e36" {
  default   = "DD MMM YYYY"
  ephemeral = true
}

variable "e37" {
  default   = "2026-01-02T03:04:05Z"
  ephemeral = true
}

variable "e38" {
  default   = "%s!"
  ephemeral = true
}

variable "e39" {
  default   = "a\nb"
  ephemeral = true
}

variable "e40" {
  default   = ","
  ephemeral = true
}

variable "e41" {
  default   = "{\"a\":1}"
  ephemeral = true
}

variable "e42" {
  default   = {"a" = "x"}
  ephemeral = true
}

variable "e43" {
  default   = {"b" = 1, "a" = 2}
  ephemeral = true
}

variable "e44" {
  default   = "a"
  ephemeral = true
}

variable "e45" {
  default   = "none"
  ephemeral = true
}

variable "e46" {
  default   = "ORDERS"
  ephemeral = true
}

variable "e47" {
  default   = ["x", "y"]
  ephemeral = true
}

variable "e48" {
  default   = ["y"]
  ephemeral = true
}

variable "e49" {
  default   = 1
  ephemeral = true
}

variable "e50" {
  default   = {"a" = 1}
  ephemeral = true
}

variable "e51" {
  default   = {"b" = 2}
  ephemeral = true
}

variable "e52" {
  default   = "ff"
  ephemeral = true
}

variable "e53" {
  default   = 16
  ephemeral = true
}

variable "e54" {
  default   = "a/b"
  ephemeral = true
}

variable "e55" {
  default   = "[a-z]+"
  ephemeral = true
}

variable "e56" {
  default   = "12ab"
  ephemeral = true
}

variable "e57" {
  default   = "[a-z]"
  ephemeral = true
}

variable "e58" {
  default   = "1a2b"
  ephemeral = true
}

variable "e59" {
  default   = "a-b"
  ephemeral = true
}

variable "e60" {
  default   = "-"
  ephemeral = true
}

variable "e61" {
  default   = "+"
  ephemeral = true
}

variable "e62" {
  default   = "a1b2"
  ephemeral = true
}

variable "e63" {
  default   = "/[0-9]/"
  ephemeral = true
}

variable "e64" {
  default   = "#"
  ephemeral = true
}

variable "e65" {
  default   = "J+HxORkSkM57KBzT6zes2K1z8SFPzFY5VgFXPIoqQ/tsjIEGZHThAEXK/nQrB+fOsPX/kvWAVJV+YacB8P6OMMNHxgNHmaog4sxCSMcusykdkHdyU7MbpIFB+DbXX249qOYbv18ordZpn28fYwenKCRAoctoIjuwGIUbB9J+/6M="
  ephemeral = true
}

variable "e66" {
  default   = "-----BEGIN RSA PRIVATE KEY-----\nMIICXAIBAAKBgQCwnw8X9m3J1hPRNxAzYefGqz8mkD6m2J+cBg1dALIO241kN4qV\n84qP2pmZyjZFLplF9q6YkaY2AjLNO/mswgzZ9e0ps2r+1LIZ07nma5KbqOZBsWbI\nwomIkb7PFX1FdF/wrMbUQTJEi5PJ1K8U0R9zyaolJjHhFYAYM1SUL2FhWwIDAQAB\nAoGBAJ2nbS6jjj5is8/FSdXDp8Ljavw+N15w8I+xq03/5/BxM9Vn6nGNMXrU0tS+\n9hBs1u3nktOm9ukwry4ZQfVeRV7wcTmIWEuQFOgfebUDgSJ4/MWuHrETfFoZE6sl\nzkWojcvmV0qCwmPDxjvojH0qA6Pp+4+xP1dj27XQBBZOeMABAkEA5b/KZ8JeVcwy\nUK53tafeLCNeqKXVuj1MtHD5bWVhVZ80LxSqHXEl1ob4HIhfpld7V8CWwn921br6\ndEZKD/QgAQJBAMTNRJOiRe8jw71YKV/DX1w/9V7mnSv1BOXyrJa8VxPqYc7Was9h\n/TLJEbQxhJySCgnpRNBuSfBs+kz9+U96AVsCQBKuerXfLy6I0RqQZTmHMeCi66KJ\nAY0ISQFvIkkL8lM1A9hENOT5+1qrVOd1C1oKSQREq72bAb21W4Iy6PjNIAECQAyY\n4xHcKkPTcz0Ufpl9pQX/phIsCtV8epLJhNilN6GzuA0IVo/twspUaoixPr7S7keS\nIfCBjsQQBbmV7DZ1Jc8CQFf+b/TgQlEBgOolO/wprGC9QAuXbSqe+5h6/g+2FVBe\n3GGbwzWicLhx/Om39rMdbLxUIGChMqdy4oUWL18GOj0=\n-----END RSA PRIVATE KEY-----\n"
  ephemeral = true
}

variable "e67" {
  default   = -5
  ephemeral = true
}

variable "e68" {
  default   = ["b", "a"]
  ephemeral = true
}

variable "e69" {
  default   = "a,b"
  ephemeral = true
}

variable "e70" {
  default   = "ord"
  ephemeral = true
}

variable "e71" {
  default   = "der"
  ephemeral = true
}

variable "e72" {
  default   = "abc"
  ephemeral = true
}

variable "e73" {
  default   = [1, 2, 3]
  ephemeral = true
}

variable "e74" {
  default   = "SABpAA=="
  ephemeral = true
}

variable "e75" {
  default   = "UTF-16LE"
  ephemeral = true
}

variable "e76" {
  default   = "Hi"
  ephemeral = true
}

variable "e77" {
  default   = "1h"
  ephemeral = true
}

variable "e78" {
  default   = "2026-01-03T00:00:00Z"
  ephemeral = true
}

variable "e79" {
  default   = "by status"
  ephemeral = true
}

variable "e80" {
  default   = "true"
  ephemeral = true
}

variable "e81" {
  default   = "1.5"
  ephemeral = true
}

variable "e82" {
  default   = 1.5
  ephemeral = true
}

variable "e83" {
  default   = {"a" = ["x", "y"]}
  ephemeral = true
}

variable "e84" {
  default   = "--a--"
  ephemeral = true
}

variable "e85" {
  default   = " a "
  ephemeral = true
}

variable "e86" {
  default   = "a+b%21"
  ephemeral = true
}

variable "e87" {
  default   = "a b!"
  ephemeral = true
}

variable "e88" {
  default   = "a b&c"
  ephemeral = true
}

variable "e89" {
  default   = "dns"
  ephemeral = true
}

variable "e90" {
  default   = "www.example.com"
  ephemeral = true
}

variable "e91" {
  default   = {"b" = "y", "a" = "x"}
  ephemeral = true
}

variable "e92" {
  default   = "a: [1, yes]"
  ephemeral = true
}

variable "e93" {
  default   = {"a" = [1, "x"]}
  ephemeral = true
}

variable "e94" {
  default   = ["x"]
  ephemeral = true
}

variable "e95" {
  default   = {"a" = ["x", 1]}
  ephemeral = true
}

variable "e96" {
  default   = "a = \"x\"\n"
  ephemeral = true
}

variable "e97" {
  default   = "t.tftpl"
  ephemeral = true
}

variable "e98" {
  default   = "y"
  ephemeral = true
}
