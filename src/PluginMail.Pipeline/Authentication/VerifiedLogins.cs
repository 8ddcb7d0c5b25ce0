using System.Security.Cryptography;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication;

/// <summary>
/// Remembers which password an account last signed in with, so that the next session need not pay for PBKDF2. What is kept is an HMAC under
/// a key that never leaves the process; a changed account (<see cref="Account.Version"/>) is not recognised any more.
/// </summary>
internal sealed class VerifiedLogins(int capacity, TimeSpan lifetime, TimeProvider clock)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _lock = new();
    private readonly BoundedTable<AccountId, Entry> _entries = new(capacity);

    /// <summary>Whether this is the password that the account, unchanged since, signed in with not long ago.</summary>
    public bool IsKnown(Account account, string password)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGet(account.Id, out entry))
            {
                return false;
            }

            if (entry.AccountVersion != account.Version || clock.GetElapsedTime(entry.Since) >= lifetime)
            {
                _entries.Remove(account.Id);
                return false;
            }
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(password, hash);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash);
    }

    /// <summary>Remembers a password that was just verified.</summary>
    public void Remember(Account account, string password)
    {
        if (capacity == 0)
        {
            return;
        }

        byte[] hash = new byte[HMACSHA256.HashSizeInBytes];
        Hash(password, hash);
        lock (_lock)
        {
            _entries.Set(account.Id, new Entry(account.Version, hash, clock.GetTimestamp()));
        }
    }

    private void Hash(string password, Span<byte> hash)
    {
        int most = Encoding.UTF8.GetMaxByteCount(password.Length);
        Span<byte> octets = most <= 512 ? stackalloc byte[most] : new byte[most];
        int length = Encoding.UTF8.GetBytes(password, octets);
        HMACSHA256.HashData(_key, octets[..length], hash);
        CryptographicOperations.ZeroMemory(octets);
    }

    private sealed record Entry(long AccountVersion, byte[] Hash, long Since);
}
