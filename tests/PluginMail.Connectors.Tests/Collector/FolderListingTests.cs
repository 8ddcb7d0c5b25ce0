using PluginMail.Collector.Connections;
using PluginMail.Collector.Imap;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>What a server lists is bounded by what it takes of memory.</summary>
public sealed class FolderListingTests
{
    [Fact]
    public void Messages_count()
    {
        var listing = new FolderListing(mostOctets: 250_000);
        Add(listing, 1, 1000, static _ => "");
        Assert.Throws<RemoteFault>(() => Add(listing, 1001, 1, static _ => ""));
    }

    [Fact]
    public void Flags_count_and_most_where_each_is_another()
    {
        Add(new FolderListing(mostOctets: 280_000), 1, 1000, static _ => "\\Seen $Work");
        Assert.Throws<RemoteFault>(() => Add(new FolderListing(mostOctets: 280_000), 1, 1000, static uid => $"a{uid} b{uid}"));
        Assert.Throws<RemoteFault>(() => Add(new FolderListing(mostOctets: 280_000), 1, 1000, static _ => string.Join(' ', Enumerable.Range(0, 64))));
    }

    [Fact]
    public void Flags_are_shared()
    {
        var listing = new FolderListing();
        Add(listing, 1, 2, static uid => "$Work");
        Assert.Same(listing.Messages[0].Flags[0], listing.Messages[1].Flags[0]);
    }

    [Fact]
    public void A_message_that_is_listed_again_and_again_ends()
    {
        var listing = new FolderListing(mostOctets: 250_000);
        Assert.Throws<RemoteFault>(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Add(listing, 1, 1, static _ => "");
            }
        });
    }

    private static void Add(FolderListing listing, int first, int count, Func<int, string> flags)
    {
        for (int uid = first; uid < first + count; uid++)
        {
            using var response = new ImapResponse($"* 1 FETCH (UID {uid} RFC822.SIZE 5 FLAGS ({flags(uid)}))", [], null);
            listing.Add(FetchedItems.Read(response)!, "id");
        }
    }
}
