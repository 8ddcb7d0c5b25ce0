using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Dns.Wire;

/// <summary>Where a response leads from a name: through how many aliases, to which name, and to what there.</summary>
/// <param name="Name">The name at the end of the aliases.</param>
/// <param name="Length">How many aliases were followed.</param>
/// <param name="Records">The records of the asked type at that name.</param>
/// <param name="TimeToLive">Seconds; the least of all records that were used.</param>
internal readonly record struct AliasChain(string Name, int Length, ImmutableArray<string> Records, uint TimeToLive)
{
    /// <summary>Aliases that are followed in one look-up.</summary>
    public const int MaximumLength = 8;

    /// <summary>Follows the aliases of a response. Records of other owners are left aside.</summary>
    /// <param name="answers">The answer section.</param>
    /// <param name="question">What was asked. One for CNAME is answered by the alias itself.</param>
    /// <param name="maximum">Aliases to follow at most.</param>
    /// <returns>The chain; null where it has more.</returns>
    public static AliasChain? Follow(IReadOnlyList<ResourceRecord> answers, Question question, int maximum)
    {
        string name = question.Name;
        uint timeToLive = int.MaxValue;
        for (int length = 0; length <= maximum; length++)
        {
            ResourceRecord? alias = null;
            ImmutableArray<string>.Builder? records = null;
            foreach (ResourceRecord record in answers)
            {
                if (!string.Equals(record.Owner, name, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (record.Type == question.Type)
                {
                    (records ??= ImmutableArray.CreateBuilder<string>()).Add(record.Data);
                    timeToLive = Math.Min(timeToLive, record.TimeToLive);
                }
                else if (record.Type == DnsRecordType.CNAME)
                {
                    alias ??= record;
                }
            }

            if (records is not null || alias is not { } found)
            {
                return new AliasChain(name, length, records?.DrainToImmutable() ?? [], timeToLive);
            }

            name = found.Data;
            timeToLive = Math.Min(timeToLive, found.TimeToLive);
        }

        return null;
    }
}
