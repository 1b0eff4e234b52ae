// Burns CPU in named functions, some of them small enough to be inlined.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

var sink uint64

//go:noinline
func seventy(n uint64) uint64 {
	var sum uint64
	for i := uint64(0); i < n; i++ {
		sum += i * i
	}
	return sum
}

//go:noinline
func words(n int) int {
	counts := map[string]int{}
	for i := 0; i < n; i++ {
		counts[strings.Repeat("w", i%13)]++
	}
	keys := []string{}
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return len(keys)
}

func main() {
	fmt.Println("ready")
	for {
		sink += seventy(1000000)
		sink += uint64(words(1000))
		if len(os.Args) < 2 {
			return
		}
	}
}
