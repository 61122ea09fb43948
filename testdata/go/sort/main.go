// Writes down how Go's `sort.Slice` sorts by MetalLB's comparison of pools, which is no
// order: where each element ends is the algorithm's own.
//
//	GO111MODULE=off go run main.go > ../sort.jsonl
//
// It is not that of Go 1.19, whose generator of random numbers was another.
package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"sort"
)

// Keys are priorities, 0 is unset. Order is where each element stood before.
type sorted struct {
	Keys  []int `json:"keys"`
	Order []int `json:"order"`
}

func shapes(random *rand.Rand, length int, kinds int) []func(i int) int {
	return []func(i int) int{
		func(i int) int { return random.Intn(kinds) },
		func(i int) int { return i * kinds / length },
		func(i int) int { return (length - 1 - i) * kinds / length },
		func(i int) int { return i % kinds },
		func(i int) int {
			if i%10 == 9 {
				return random.Intn(kinds)
			}
			return 1 + i*kinds/length
		},
	}
}

func sortedBy(shape func(i int) int, length int) sorted {
	one := sorted{}
	for i := 0; i < length; i++ {
		one.Keys = append(one.Keys, shape(i))
		one.Order = append(one.Order, i)
	}
	sort.Slice(one.Order, func(i, j int) bool {
		a, b := one.Keys[one.Order[i]], one.Keys[one.Order[j]]
		if a > 0 && b > 0 {
			return a < b
		}
		return !(a == 0 && b > 0)
	})
	return one
}

func main() {
	random := rand.New(rand.NewSource(1))
	encoder := json.NewEncoder(os.Stdout)
	for _, length := range []int{1, 2, 12, 13, 14, 20, 31, 49, 50, 51, 64, 130, 260} {
		for _, kinds := range []int{1, 2, 3, 9, 1000} {
			for at, shape := range shapes(random, length, kinds) {
				if kinds == 1 && at > 0 || length > 100 && at%2 == 1 {
					continue
				}
				if err := encoder.Encode(sortedBy(shape, length)); err != nil {
					panic(err)
				}
			}
		}
	}
}
