package dbsp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryStoreAccumulators(t *testing.T) {
	var m MemoryStore
	v, err := m.Get(1, "k")
	require.NoError(t, err)
	require.Nil(t, v)
	require.NoError(t, m.Put(1, "k", nil), "nothing is there to remove")
	given := []byte("value")
	require.NoError(t, m.Put(1, "k", given))
	require.NoError(t, m.Put(2, "k", []byte{}))
	given[0] = '!'
	v, err = m.Get(1, "k")
	require.NoError(t, err)
	require.Equal(t, []byte("value"), v)
	v[0] = '!'
	v, err = m.Get(1, "k")
	require.NoError(t, err)
	require.Equal(t, []byte("value"), v)
	v, err = m.Get(2, "k")
	require.NoError(t, err)
	require.Equal(t, []byte{}, v, "an empty value is a value")
	require.NoError(t, m.Put(1, "k", nil))
	v, err = m.Get(1, "k")
	require.NoError(t, err)
	require.Nil(t, v)
}

func TestMemoryStoreElements(t *testing.T) {
	m := NewMemoryStore()
	for _, e := range []string{"b", "a", "c", "a\x00", ""} {
		require.NoError(t, m.Add(1, "k", e, 1))
	}
	require.NoError(t, m.Add(1, "other", "a", 5))
	require.NoError(t, m.Add(1, "k", "c", 2))
	require.NoError(t, m.Add(1, "k", "b", -1))
	require.NoError(t, m.Add(1, "k", "d", 0))
	require.Equal(t, []storedElement{{"", 1}, {"a", 1}, {"a\x00", 1}, {"c", 3}}, collect(t, m, 1, "k", "", 9, nil))
	require.Equal(t, []storedElement{{"a\x00", 1}, {"c", 3}}, collect(t, m, 1, "k", "a\x00", 9, nil))
	require.Equal(t, []storedElement{{"a", 1}}, collect(t, m, 1, "k", "a", 1, nil))
	change := func() { require.NoError(t, m.Add(1, "k", "c", -3)) }
	require.Equal(t, []storedElement{{"a\x00", 1}, {"c", 3}}, collect(t, m, 1, "k", "a\x00", 9, change), "they are those of the call")
	require.Equal(t, []storedElement{{"c", -3}}, collect(t, m, 1, "k", "b", 9, nil))
}

func TestMemoryStoreStrict(t *testing.T) {
	m := &MemoryStore{Strict: true}
	require.ErrorIs(t, m.Add(1, "k", "e", -1), ErrNegativeWeight)
	require.NoError(t, m.Add(1, "k", "e", 2))
	require.ErrorIs(t, m.Add(1, "k", "e", -3), ErrNegativeWeight)
	require.Equal(t, []storedElement{{"e", 2}}, collect(t, m, 1, "k", "", 9, nil), "what fails changes nothing")
	require.NoError(t, m.Add(1, "k", "e", -2))
	require.Equal(t, NewMemoryStore().values, m.values)
	require.Empty(t, m.arrangements)
}
