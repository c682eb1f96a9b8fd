class Crawl: pass
