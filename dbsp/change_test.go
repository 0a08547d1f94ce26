package dbsp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// requireTree checks that t is sorted, and that its bounds and size are right.
func requireTree(t require.TestingT, tree *changeTree) {
	require.Zero(t, tree.readers)
	size := 0
	var walk func(n *treeNode) int
	walk = func(n *treeNode) int {
		require.NotEmpty(t, n.changes)
		require.LessOrEqual(t, len(n.changes), treeFull)
		for i := 1; i < len(n.changes); i++ {
			require.Negative(t, tree.text.compareChanges(&n.changes[i-1], &n.changes[i]))
		}
		if n.children == nil {
			size += len(n.changes)
			for i := range n.changes {
				require.NotZero(t, n.changes[i].weight)
			}
			return 1
		}
		require.Len(t, n.children, len(n.changes))
		height := 0
		for i, child := range n.children {
			h := walk(child)
			require.True(t, height == 0 || height == h, "all leaves are on one level")
			height = h
			require.LessOrEqual(t, tree.text.compareChanges(&n.changes[i], &child.changes[0]), 0)
			if i+1 < len(n.children) {
				last := child
				for last.children != nil {
					last = last.children[len(last.children)-1]
				}
				require.Negative(t, tree.text.compareChanges(&last.changes[len(last.changes)-1], &n.changes[i+1]))
			}
		}
		return height + 1
	}
	if tree.root != nil {
		walk(tree.root)
	}
	require.Equal(t, tree.size, size)
}

// A tree that only grows change by change, and shrinks so, keeps in shape.
func TestChangeTreeGrowsAndShrinks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	o := NewOverlay(NewMemoryStore())
	var want MemoryStore
	read := func() {
		require.Equal(t, collect(t, &want, 1, "key", "", 3, nil), collect(t, o, 1, "key", "", 3, nil))
	}
	const n = 6000
	for _, weight := range []int64{1, -1} {
		for _, i := range r.Perm(n) {
			element := fmt.Sprint(i)
			require.NoError(t, o.Add(1, "key", element, weight))
			require.NoError(t, want.Add(1, "key", element, weight))
			read()
		}
		tree := &o.find(1).arrangement.tree
		requireTree(t, tree)
		require.Equal(t, collect(t, &want, 1, "key", "", n, nil), collect(t, o, 1, "key", "", n, nil))
	}
	require.True(t, o.Empty())
}

func TestConsolidateChangesSortsAnyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.OneOf(rapid.IntRange(0, 50), rapid.IntRange(0, 3000)).Draw(t, "n")
		long := strings.Repeat("long", rapid.IntRange(0, 20).Draw(t, "prefix"))
		var a arrangement
		a.tree.text = &arena{}
		want := &MemoryStore{arrangements: map[slot][]weighted{}}
		for range n {
			key, element := long+storeText(r), long+storeText(r)
			w := int64(r.IntN(3) - 1)
			a.add(key, element, w)
			require.NoError(t, want.Add(1, key, element, w))
		}
		got := &MemoryStore{arrangements: map[slot][]weighted{}}
		ordered := &orderedWriter{t: t, to: got}
		for _, c := range consolidateChanges(a.tree.text, a.tail) {
			require.NoError(t, ordered.Add(1, a.tree.text.keyOf(&c), a.tree.text.elementOf(&c), c.weight))
		}
		require.Equal(t, want.arrangements, got.arrangements)
	})
}

func TestChangeWordsOrderLikeKeysAndElements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xff}), 0, 9), func(b []byte) string { return string(b) })
		words := func(key, element string) []uint64 {
			var out []uint64
			for n := 0; n < len(key)+len(element)+2; n += wordSymbols {
				out = append(out, changeWord(key, element, n))
			}
			return out
		}
		key, element := text.Draw(t, "key"), text.Draw(t, "element")
		otherKey, other := text.Draw(t, "otherKey"), text.Draw(t, "other")
		want := strings.Compare(key, otherKey)
		if want == 0 {
			want = strings.Compare(element, other)
		}
		require.Equal(t, want, slices.Compare(words(key, element), words(otherKey, other)))
	})
}
