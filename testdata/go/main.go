// Writes down what Go's standard library says of addresses, prefixes and regular
// expressions, so that the Rust code which stands for it is held against it.
//
//	go run main.go
//
// The tables were made with Go 1.19. What later versions read otherwise is left out and
// stands in tests of its own: a prefix length has digits only by now and no zero in
// front, and a group of an IPv6 address four digits at most.
package main

import (
	"encoding/json"
	"math/rand"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
)

type addr struct {
	Text      string  `json:"text"`
	ParseAddr *string `json:"parseAddr"`
	ParseIP   *string `json:"parseIP"`
	Next      string  `json:"next,omitempty"`
	Prev      string  `json:"prev,omitempty"`
}

type prefix struct {
	Text        string  `json:"text"`
	ParsePrefix *string `json:"parsePrefix"`
	ParseCIDR   *string `json:"parseCIDR"`
	// Of every eighth of the addresses that are valid; of some of the prefixes.
	Contains []string `json:"contains,omitempty"`
	Overlaps []string `json:"overlaps,omitempty"`
	Apart    []string `json:"apart,omitempty"`
}

type expression struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
	// A digit for each text: 1 where it matches.
	Matches string `json:"matches,omitempty"`
}

var addrs = []string{
	"", "0.0.0.0", "0.0.0.1", "10.0.0.1", "10.0.0.255", "10.0.1.0", "127.0.0.1", "192.0.2.7",
	"224.0.0.1", "255.255.255.254", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4",
	"1.2.3.04", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "0x1.2.3.4", "1.2.3.4/8",
	"::", "::1", "1::", "2001:db8::1", "2001:DB8::A", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:10.0.0.1",
	"::ffff:0:0", "::FFFF:1.2.3.4", "::10.0.0.1", "64:ff9b::1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7",
	"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::2::3", ":::", ":", "12345::", "::00001",
	"::g", "[::1]", "::1.2.3", "::1.2.3.4.5", "::1.2.3.04", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "1::1:",
	"::1%", "10.0.0.1%eth0", "localhost", "1", "0", "00.0.0.0", "1.2.3.1234", "١.2.3.4",
}

var lengths = []string{
	"0", "1", "7", "8", "9", "16", "24", "31", "32", "33", "64", "95", "96", "97", "120", "127", "128", "129", "",
	"-1", " 8", "8 ", "0x8", "255.0.0.0", "24/24", "99999999999",
}

var pieces = []string{
	"a", "b", "e", "t", "h", "0", "1", "eth", "bond", ".", "^", "$", "*", "+", "?", "|", "(", ")", "(?:", "(?i)",
	"(?i:", "(?s:", "(?m:", "(?P<n>", "(?U)", "[", "]", "[^", "[a-z]", "[0-9]", "-", "[:alpha:]",
	"[[:^digit:]]", "\\d", "\\D", "\\w", "\\W", "\\s", "\\b", "\\B", "\\A", "\\z", "\\.", "\\-", "\\Q", "\\E",
	"\\x41", "\\x{e9}", "\\101", "\\1", "\\pL", "\\p{Greek}", "\\PN", "{", "}", "{2}", "{1,}", "{1,2}", "{,2}",
	"{0}", "{2,1}", "&&", "--", "~~", "é", "\\n", "\\", "/", ",", "*?", "+?", "??", "{2}?",
}

var long = regexp.MustCompile("[[:xdigit:]]{5}")

var texts = []string{
	"", "a", "b", "eth", "eth0", "eth1", "ETH0", "veth0", "eth0.100", "bond0", "a\nb", "-", "&", "~", "é", "aéa",
	"αa", "00", "a.b", "{2}", "]", "[", " ", "\t", "A", "aab", "bba",
}

func shown[T interface{ String() string }](value T, err error) *string {
	if err != nil {
		return nil
	}
	text := value.String()
	return &text
}

// A text with one character lost, doubled, or made another.
func mutated(random *rand.Rand, text string, alphabet string) string {
	if text == "" {
		return string(alphabet[random.Intn(len(alphabet))])
	}
	at := random.Intn(len(text))
	other := string(alphabet[random.Intn(len(alphabet))])
	switch random.Intn(3) {
	case 0:
		return text[:at] + text[at+1:]
	case 1:
		return text[:at] + other + text[at:]
	default:
		return text[:at] + other + text[at+1:]
	}
}

// One value a line.
func write[T any](name string, values []T) {
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	encoder := json.NewEncoder(file)
	encoder.SetEscapeHTML(false)
	for _, value := range values {
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
	}
}

func main() {
	random := rand.New(rand.NewSource(1))
	var foundAddrs []addr
	seen := map[string]bool{}
	all := append([]string{}, addrs...)
	for _, text := range addrs {
		if strings.ToValidUTF8(text, "") == text {
			for i := 0; i < 4; i++ {
				all = append(all, mutated(random, text, "0123456789abfF.:%/ "))
			}
		}
	}
	var known []netip.Addr
	for _, text := range all {
		if seen[text] || strings.ToValidUTF8(text, "") != text || long.MatchString(text) {
			continue
		}
		seen[text] = true
		one := addr{Text: text}
		if parsed, err := netip.ParseAddr(text); err == nil {
			one.ParseAddr = shown(parsed, nil)
			if parsed.Zone() == "" {
				known = append(known, parsed)
				if next := parsed.Next(); next.IsValid() {
					one.Next = next.String()
				}
				if prev := parsed.Prev(); prev.IsValid() {
					one.Prev = prev.String()
				}
			}
		}
		if parsed := net.ParseIP(text); parsed != nil {
			one.ParseIP = shown(parsed, nil)
		}
		foundAddrs = append(foundAddrs, one)
	}
	var order [][2]string
	for i := 0; i < 200; i++ {
		a, b := known[random.Intn(len(known))], known[random.Intn(len(known))]
		if a.Less(b) {
			order = append(order, [2]string{a.String(), b.String()})
		}
	}

	var foundPrefixes []prefix
	var nets []netip.Prefix
	for i, text := range addrs {
		if long.MatchString(text) {
			continue
		}
		for j, length := range lengths {
			// All lengths of some addresses, some lengths of all.
			if (i+j)%4 != 0 && text != "10.0.0.255" && text != "::ffff:10.0.0.1" && text != "2001:db8::1" {
				continue
			}
			one := prefix{Text: text + "/" + length}
			if strings.ToValidUTF8(text, "") != text {
				continue
			}
			if parsed, err := netip.ParsePrefix(one.Text); err == nil {
				one.ParsePrefix = shown(parsed.Masked(), nil)
				nets = append(nets, parsed.Masked())
				for i, addr := range known {
					if i%8 == 0 && parsed.Contains(addr) {
						one.Contains = append(one.Contains, addr.String())
					}
				}
			}
			if _, parsed, err := net.ParseCIDR(one.Text); err == nil {
				one.ParseCIDR = shown(parsed, nil)
			}
			foundPrefixes = append(foundPrefixes, one)
		}
	}
	for i := range foundPrefixes {
		if foundPrefixes[i].ParsePrefix == nil {
			continue
		}
		net := netip.MustParsePrefix(*foundPrefixes[i].ParsePrefix)
		for j := 0; j < 4; j++ {
			other := nets[random.Intn(len(nets))]
			if net.Overlaps(other) {
				foundPrefixes[i].Overlaps = append(foundPrefixes[i].Overlaps, other.String())
			} else {
				foundPrefixes[i].Apart = append(foundPrefixes[i].Apart, other.String())
			}
		}
	}
	write("addrs.jsonl", foundAddrs)
	write("order.jsonl", order)
	write("prefixes.jsonl", foundPrefixes)

	var expressions []expression
	seen = map[string]bool{}
	for len(expressions) < 2500 {
		var text string
		for i := random.Intn(7); i >= 0; i-- {
			text += pieces[random.Intn(len(pieces))]
		}
		if seen[text] {
			continue
		}
		seen[text] = true
		one := expression{Text: text}
		compiled, err := regexp.Compile(text)
		if err != nil {
			// Those that are taken say more.
			if random.Intn(3) != 0 {
				continue
			}
			one.Error = err.Error()
		} else {
			for _, text := range texts {
				if compiled.MatchString(text) {
					one.Matches += "1"
				} else {
					one.Matches += "0"
				}
			}
		}
		expressions = append(expressions, one)
	}
	write("regexp.jsonl", expressions)
	write("texts.jsonl", texts)
}
